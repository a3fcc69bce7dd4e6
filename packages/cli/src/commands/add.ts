import { DEFAULT_ENTRY } from '@clarity-runtime/core/internal';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import { usageError, ExitCode } from '../support/cli-error.ts';
import type { Output } from '../terminal/output.ts';
import { compileAndRegister, type Added } from '../command-support/compile-and-register.ts';
import { compilerSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { policyFlags, policyOf } from '../command-support/policy-flags.ts';
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

export const add: Command = {
  syntax: 'add <service>',
  describe: 'compile a Clarity source, register it and start it',
  subject: 'a name (<name>.clarity), a source file, or a folder that holds one',
  flags: {
    module: {
      type: 'text',
      describe: 'module name, which is the prefix of its tools',
      fallbackText: 'name of the source file or folder',
    },
    wasm: { type: 'text', describe: 'output path of the module', fallbackText: '.clarity/build/<name>.wasm' },
    entry: { type: 'text', describe: 'entry function of the module', fallbackText: DEFAULT_ENTRY },
    name: { type: 'text', describe: 'display name' },
    ...policyFlags,
    ...settingFlags(compilerSettings),
    ...agentFlags,
  },
  run: (given, session) => addSource(session, given, given.text('service') ?? ''),
};

/** Compiles, registers and starts the named source by the flags of `add`, and prints the outcome. */
export async function addSource(session: CommandContext, given: ParsedArgs, what: string): Promise<number> {
  const { compilerBin } = resolveSettings(compilerSettings, given.texts(), session.env);
  const added = await compileAndRegister(session, what, {
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
