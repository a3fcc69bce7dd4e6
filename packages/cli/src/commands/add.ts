import { resolve } from 'node:path';
import { localWasm, type Manifest } from '@clarity-runtime/core';
import { DEFAULT_ENTRY, normalizeNamespace } from '@clarity-runtime/core/internal';
import { addedKind, nameOfProgram, nameOfUrl, type AddedKind } from '../additions/added-target.ts';
import { applyNamed, replaceFlags, type AddedService } from '../additions/apply-named.ts';
import { givenValues, valueFlags } from '../additions/given-values.ts';
import { ParsedArgs, type Flags } from '../arguments/command-grammar.ts';
import { usageError, ExitCode } from '../support/cli-error.ts';
import type { Output } from '../terminal/output.ts';
import { compileAndRegister, type Added } from '../command-support/compile-and-register.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { grantFlags, grantsOf } from '../command-support/grant-flags.ts';
import { policyFlags, policyOf } from '../command-support/policy-flags.ts';
import { noStartFlag, startRegistered, startTimeoutFlag } from '../command-support/register.ts';
import { programFlags, programManifest } from './add-process.ts';
import { remoteFlags, remoteManifest } from './add-remote.ts';
import { importCommand } from './import.ts';
import { endpointOf, printEndpoints, printOffered, printState } from '../command-support/render.ts';

const AGENT_TEXTS = [
  'agent-id',
  'agent-name',
  'agent-role',
  'agent-objective',
  'agent-inputs',
  'agent-outputs',
  'agent-mcp-tools',
  'agent-llm-providers',
  'agent-handoff-targets',
  'agent-depends-on',
  'agent-version',
];

const hidden = { describe: 'agent option, ignored', hidden: true } as const;

/** Flags that `clarityc start` passes on for agents. They are accepted and ignored, because agents are not run. */
export const agentFlags: Flags = {
  'service-type': {
    type: 'text',
    describe: 'mcp or agent; an agent is registered as a service with tools',
    hidden: true,
  },
  ...Object.fromEntries(AGENT_TEXTS.map((name) => [name, { type: 'text', ...hidden }] as const)),
  'agent-hitl': { type: 'switch', ...hidden },
};

/** Returns the service type and prints a warning for flags without effect. */
export function readServiceType(given: ParsedArgs, output: Output): 'mcp' | 'agent' | undefined {
  const type = given.text('service-type');
  if (type !== undefined && type !== 'mcp' && type !== 'agent') {
    throw usageError(`--service-type must be mcp or agent, not '${type}'`);
  }
  const unused = [...AGENT_TEXTS.filter((name) => given.text(name) !== undefined)];
  if (given.has('agent-hitl')) unused.push('agent-hitl');
  if (type === 'agent' || unused.length > 0) {
    const flags = unused.length === 0 ? '' : `; ignored flags: ${unused.map((name) => `--${name}`).join(', ')}`;
    output.note(`warning: agents are not run, their functions become tools${flags}`);
  }
  return type;
}

const nameFlags: Flags = {
  module: { type: 'text', describe: 'service name, which is the prefix of its tools', fallbackText: 'derived' },
  name: { type: 'text', describe: 'display name' },
};
const sourceFlags: Flags = {
  wasm: { type: 'text', describe: 'output path of the module', fallbackText: '.clarity/build/<name>.wasm' },
  entry: { type: 'text', describe: 'entry function of the module', fallbackText: DEFAULT_ENTRY },
  ...settingFlags(compilerSettings),
  ...agentFlags,
};
/** Flags of `add` for a Clarity source. */
export const sourceAddFlags: Flags = { ...nameFlags, ...sourceFlags, ...policyFlags, ...noStartFlag };
const configurationFlags: Flags = { yes: { type: 'switch', alias: 'y', describe: 'do not ask' } };

const flags: Flags = {
  ...nameFlags,
  ...replaceFlags,
  ...valueFlags,
  ...programFlags,
  ...remoteFlags,
  ...policyFlags,
  ...startTimeoutFlag,
  ...noStartFlag,
  ...sourceFlags,
  ...grantFlags,
  ...configurationFlags,
};

const namesOf = (...sets: readonly Flags[]): ReadonlySet<string> => new Set(sets.flatMap((set) => Object.keys(set)));
const common = [nameFlags, replaceFlags, policyFlags, noStartFlag] as const;

/** Flags that each kind accepts. */
const FLAGS_OF: Readonly<Record<AddedKind, ReadonlySet<string>>> = {
  program: new Set([...namesOf(...common, programFlags, startTimeoutFlag), 'env', 'keep-plain']),
  URL: new Set([...namesOf(...common, remoteFlags, startTimeoutFlag), 'header', 'query', 'keep-plain']),
  module: new Set([...namesOf(...common, grantFlags), 'entry']),
  source: namesOf(...common, sourceFlags),
  configuration: new Set([...namesOf(configurationFlags), 'dry-run', 'no-start', 'keep-plain']),
};

export const add: Command = {
  syntax: 'add [service]',
  describe: 'add a Clarity source, a module, a URL or a program, and start it',
  subject:
    'a source (<name>.clarity, file or folder), a .wasm file, a URL, a client configuration, or the name of a program',
  rest: 'program and arguments, started without a shell',
  flags,
  run: runAdd,
};

async function runAdd(given: ParsedArgs, session: CommandContext): Promise<number> {
  const word = given.text('service') ?? '';
  const kind = addedKind(word, given.rest);
  if (word === '' && kind !== 'program') {
    throw usageError('nothing to add', 'write `clarityctl add <source>`, `add <url>` or `add <name> -- <command>`');
  }
  const stray = given.flags().find(([name]) => Object.hasOwn(flags, name) && !FLAGS_OF[kind].has(name));
  if (stray !== undefined) throw usageError(`--${stray[0]} is not a flag of a ${kind}`, 'see `clarityctl add --help`');
  if (kind === 'source') return addSource(session, given, word);
  if (kind === 'configuration') return addConfiguration(given, session, word);
  const target = targetOf(session, given, { kind, word });
  const service = await applyNamed(session, given, await withPolicy(session, given, target));
  return service === undefined ? ExitCode.done : startRegistered(session, given, { service, flags });
}

/** Adds the capabilities of a policy of another product. A capability of a flag replaces the one of the policy. */
async function withPolicy(
  { cwd, output }: CommandContext,
  given: ParsedArgs,
  target: AddedService,
): Promise<AddedService> {
  const path = given.text('grants-from');
  if (path === undefined) return target;
  const { readWassettePolicy } = await import('../additions/wassette-policy.ts');
  const policy = await readWassettePolicy(resolve(cwd, path));
  for (const note of policy.notes) output.note(`note: ${note}`);
  const { spec } = target.manifest;
  const capabilities = { ...policy.capabilities, ...spec.capabilities };
  return { ...target, manifest: { ...target.manifest, spec: { ...spec, capabilities } } };
}

/** Returns the manifest of a program, a URL or a module. */
function targetOf(
  session: CommandContext,
  given: ParsedArgs,
  { kind, word }: { readonly kind: AddedKind; readonly word: string },
): AddedService {
  const { cwd, env } = session;
  const displayName = given.text('name');
  if (kind === 'program') {
    const [command = '', ...args] = given.rest;
    if (command === '') throw usageError('the program is missing', 'write `clarityctl add <name> -- <command>`');
    const module = given.text('module') ?? (word === '' ? nameOfProgram({ command, args }) : word);
    const { entries, secrets } = givenValues(given, 'env', { service: normalizeNamespace(module), env });
    return { manifest: programManifest(session, given, { module, displayName, env: entries }), secrets };
  }
  if (kind === 'URL') {
    const module = given.text('module') ?? nameOfUrl(word);
    const place = { service: normalizeNamespace(module), env };
    const [headers, query] = [givenValues(given, 'header', place), givenValues(given, 'query', place)];
    const own = { module, headers: headers.entries, query: query.entries };
    const manifest = remoteManifest(given, { endpoint: word, field: 'the URL', ...own });
    return { manifest, secrets: [...headers.secrets, ...query.secrets], hosts: [new URL(word).host] };
  }
  const wasmPath = resolve(cwd, word);
  return {
    manifest: localWasm(wasmPath, {
      module: given.text('module'),
      workspaceRoot: cwd,
      entry: given.text('entry'),
      displayName,
      policy: policyOf(given),
      capabilities: grantsOf(given, cwd),
    }),
  };
}

/** A configuration of another client goes through the plan of `import`. */
function addConfiguration(given: ParsedArgs, session: CommandContext, file: string): Promise<number> {
  const switches = ['yes', 'dry-run', 'no-start'].filter((name) => given.has(name));
  const values = { from: file, 'keep-plain': given.all('keep-plain') };
  const all = { ...values, ...Object.fromEntries(switches.map((name) => [name, true])) };
  return importCommand.run(new ParsedArgs(all), session);
}

/** Compiles, registers and starts the named source by the flags of `add`, and prints the outcome. */
export async function addSource(session: CommandContext, given: ParsedArgs, what: string): Promise<number> {
  const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
  if (given.has('dry-run')) {
    throw usageError('--dry-run is not a flag of a source', 'check it with `clarityc check <file>`');
  }
  const apply = async (manifest: Manifest) => {
    const service = await applyNamed(session, given, { manifest });
    if (service === undefined) throw new TypeError('a source has no dry run');
    return { service };
  };
  const added = await compileAndRegister(session, what, {
    apply,
    isNotStarted: given.has('no-start'),
    module: given.text('module'),
    wasm: given.text('wasm'),
    entry: given.text('entry') ?? DEFAULT_ENTRY,
    displayName: given.text('name'),
    policy: policyOf(given),
    serviceType: readServiceType(given, session.output),
    compilerBin: compilerBin.value,
  });
  print(session, added);
  return ExitCode.done;
}

function print(session: CommandContext, { service, sourceFile, wasmPath, module, notes }: Added): void {
  const { api, output } = session;
  for (const note of notes) output.note(`note: ${note}`);
  const { serviceId, namespace, interfaceSnapshot } = service;
  const endpoint = endpointOf(api);
  if (output.json) {
    const tools = (interfaceSnapshot?.tools ?? []).map(({ name }) => name);
    output.value({ ok: true, serviceId, namespace, sourceFile, wasmPath, module, endpoint, tools });
    return;
  }
  printState(output, service);
  if (interfaceSnapshot !== undefined) printOffered(output, interfaceSnapshot);
  printEndpoints(session, namespace);
}
