import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import {
  importedManifest,
  normalizeNamespace,
  toPrintableAscii,
  type FoundServer,
  type PlannedServer,
} from '@clarity-runtime/core/internal';
import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { printEndpoints, printOffered, printState } from '../command-support/render.ts';
import { startService } from '../command-support/start-service.ts';
import { bundleFolder, bundleServer, openBundle, unpackBundle, type OpenBundle } from '../installs/bundle-server.ts';
import { download, installSource, type InstallSource } from '../installs/install-source.ts';
import type { GivenValues } from '../installs/install-values.ts';
import { packageServer, packageTypes, remoteServer, runnerProgram } from '../installs/package-launch.ts';
import type { ServerPackage } from '../installs/server-document.ts';
import { registrySettings } from '../settings/registry-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';

const flags: Flags = {
  name: { type: 'text', describe: 'service name', fallbackText: 'last part of the name of the server' },
  ...settingFlags(registrySettings),
  package: { type: 'text', describe: `kind of the package to run: ${packageTypes.join(', ')}` },
  remote: { type: 'switch', describe: 'use the remote endpoint instead of a package' },
  set: { type: 'texts', describe: 'NAME=VALUE: value of an input (repeatable)' },
  secret: { type: 'texts', describe: 'NAME=@file or NAME=-: value of a secret input (repeatable)' },
  sha256: { type: 'text', describe: 'SHA-256 that a bundle must have' },
  'allow-registry': { type: 'switch', describe: 'allow a package registry other than the usual one' },
  force: { type: 'switch', describe: 'install a server that its registry marks as deleted' },
  'no-start': { type: 'switch', describe: 'register the service without starting it' },
  'dry-run': { type: 'switch', describe: 'print what would run without changes' },
  yes: { type: 'switch', alias: 'y', describe: 'do not ask' },
};

export const install: Command = {
  syntax: 'install <server>',
  describe: 'install an MCP server from a server.json, a registry or an mcpb bundle',
  subject: 'a path, -, an https URL, or the name of a server in the registry, with @version if needed',
  flags,
  run: runInstall,
};

async function runInstall(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output, api, cwd, env } = session;
  const { registry } = resolveSettings(registrySettings, given.texts(), env);
  const source = await installSource(given.text('server') ?? '', {
    cwd,
    registry: registry.value,
    piped: () => session.secretInput.piped(),
    sha256: given.text('sha256'),
  });
  assertStatus(source, given, session);
  const values = await givenValues(given, session);
  const { planned, bundle, title } = await chosenServer(source, given, session, values);
  const name = normalizeNamespace(given.text('name') ?? planned.server.name, 'server');
  const built = (answers: GivenValues) =>
    importedManifest(planned, name, { answers, folder: `install/${name}`, cwd: planned.cwd });
  const missing = planned.needs.filter((need) => !values.has(need.name));
  const { origin } = built(values).manifest.spec;
  const starts =
    origin.type === 'local_process'
      ? [origin.command, ...(origin.args ?? [])]
      : 'endpoint' in origin
        ? [origin.endpoint]
        : [];
  const inputs = planned.pairs.map((pair) => pair.name);
  const isDry = given.has('dry-run');
  if (!output.json) {
    output.line(`${title} from ${source.from}`);
    output.line(`starts: ${starts.map((word) => toPrintableAscii(word, 200)).join(' ')}`);
    if (inputs.length > 0) output.line(`gets: ${inputs.join(', ')}`);
    if (isDry && missing.length > 0) output.line(`missing: ${missing.map((need) => need.name).join(', ')}`);
  } else if (isDry) output.value({ name, title, starts, inputs, missing: missing.map((need) => need.name) });
  if (isDry) return ExitCode.done;
  if (missing.length > 0 && session.secretInput.ask === undefined) {
    throw usageError(
      `values are missing: ${missing.map((need) => need.name).join(', ')}`,
      'pass them with --set NAME=VALUE or --secret NAME=@file',
    );
  }
  if (!given.has('yes') && session.confirm === undefined) {
    throw usageError('install asks before it changes anything, and there is not a terminal', 'add --dry-run or --yes');
  }
  if (!given.has('yes') && (await session.confirm?.(`Install it as ${name}?`)) !== true) {
    throw new CliError('cancelled: nothing was changed');
  }
  const answers = new Map(values);
  for (const need of missing) answers.set(need.name, await asked(session, need));
  if (bundle !== undefined) await unpackBundle(cwd, bundle);
  const { manifest, secrets, hosts } = built(answers);
  for (const { reference, value } of secrets) {
    await api.setSecret(reference, value, hosts.length > 0 ? { hosts } : { services: [name] });
  }
  const { service: applied } = await api.apply(manifest, null);
  if (given.has('no-start')) return done(session, applied, false);
  const service = await startService(session, applied);
  return done(session, service, true);
}

type Service = Awaited<ReturnType<CommandContext['api']['apply']>>['service'];

function done(session: CommandContext, service: Service, isStarted: boolean): number {
  const { output } = session;
  const { serviceId, namespace, interfaceSnapshot } = service;
  if (output.json) {
    const tools = (interfaceSnapshot?.tools ?? []).map(({ name }) => name);
    output.value({ ok: true, serviceId, namespace, tools });
    return ExitCode.done;
  }
  printState(output, service);
  if (isStarted && interfaceSnapshot !== undefined) printOffered(output, interfaceSnapshot);
  printEndpoints(session, namespace);
  return ExitCode.done;
}

function assertStatus(source: InstallSource, given: ParsedArgs, { output }: CommandContext): void {
  if (source.type !== 'document') return;
  if (source.status === 'deprecated') output.note('warning: its registry marks this server as deprecated');
  if (source.status === 'deleted' && !given.has('force')) {
    throw new CliError('its registry marks this server as deleted', { hint: 'install it with --force' });
  }
}

async function asked(
  { secretInput }: CommandContext,
  { name, description }: PlannedServer['needs'][number],
): Promise<string> {
  const answer = (
    (await secretInput.ask?.(`${toPrintableAscii(description ?? name, 200)} (not shown): `)) ?? ''
  ).trim();
  if (answer === '') throw new CliError(`cancelled: ${name} has no value, nothing was changed`);
  return answer;
}

/** Reads `--set` and `--secret`. A value of `--secret` never is on the command line. */
async function givenValues(given: ParsedArgs, { cwd, secretInput }: CommandContext): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const pair of given.all('set')) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageError('--set must be NAME=VALUE');
    values.set(pair.slice(0, at), pair.slice(at + 1));
  }
  for (const pair of given.all('secret')) {
    const [, name = '', from = ''] = /^([^=]+)=(@.+|-)$/.exec(pair) ?? [];
    if (name === '') throw usageError('--secret must be NAME=@file or NAME=-');
    const text = from === '-' ? await secretInput.piped() : await readFile(resolve(cwd, from.slice(1)), 'utf8');
    values.set(name, text.replace(/\r?\n$/, ''));
  }
  return values;
}

interface Chosen {
  readonly planned: PlannedServer;
  readonly bundle?: OpenBundle;
  /** Name and version for the user. */
  readonly title: string;
}

async function chosenServer(
  source: InstallSource,
  given: ParsedArgs,
  { env, cwd }: CommandContext,
  values: GivenValues,
): Promise<Chosen> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const title = (name: string, version = ''): string => toPrintableAscii(`${name} ${version}`.trim(), 200);
  const ofBundle = (bundle: OpenBundle): Chosen => {
    const { name, version } = bundle.manifest;
    const folder = bundleFolder(cwd, bundle);
    return {
      planned: bundleServer(bundle, serverNamed(name, cwd), { folder, home, given: values }),
      bundle,
      title: title(name, version),
    };
  };
  if (source.type === 'bundle') return ofBundle(source.bundle);
  const { name, version, packages, remotes } = source.document;
  const server = serverNamed(name, cwd);
  const pack = given.has('remote') ? undefined : chosenPackage(packages, given.text('package'), env['PATH'] ?? '');
  const [remote] = [...remotes].sort((one, other) => Number(one.type === 'sse') - Number(other.type === 'sse'));
  if (pack?.registryType === 'mcpb') {
    if (pack.fileSha256 === undefined) throw new CliError('the bundle is refused: the document has no fileSha256');
    return ofBundle(openBundle(await download(pack.identifier), pack.fileSha256));
  }
  if (pack !== undefined) {
    const allowsRegistry = given.has('allow-registry');
    return { planned: packageServer(pack, server, { given: values, allowsRegistry }), title: title(name, version) };
  }
  if (remote === undefined) {
    throw new CliError('the document has neither a package that can be run nor a remote endpoint', {
      hint: `packages: ${packages.map(({ registryType }) => registryType).join(', ') || 'none'}; known are ${packageTypes.join(', ')}`,
    });
  }
  return { planned: remoteServer(remote, server, values), title: title(name, version) };
}

/** Returns the first package whose program is on the PATH, else the first one that can be run. */
function chosenPackage(
  packages: readonly ServerPackage[],
  wanted: string | undefined,
  path: string,
): ServerPackage | undefined {
  const kinds = packages.filter(({ registryType }) => wanted === undefined || registryType === wanted);
  if (wanted !== undefined && kinds.length === 0) throw usageError(`the document has no package of kind '${wanted}'`);
  const usable = kinds.filter(({ registryType }) => packageTypes.includes(registryType));
  const isHere = ({ registryType }: ServerPackage): boolean => {
    const program = runnerProgram(registryType);
    return program === undefined || path.split(delimiter).some((folder) => isProgram(folder, program));
  };
  return usable.find(isHere) ?? usable[0] ?? (wanted === undefined ? undefined : kinds[0]);
}

function isProgram(folder: string, program: string): boolean {
  if (!isAbsolute(folder)) return false;
  for (const name of process.platform === 'win32' ? [`${program}.cmd`, `${program}.exe`] : [program]) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // The next folder may have it.
    }
  }
  return false;
}

const serverNamed = (name: string, folder: string): FoundServer => ({
  ...{ client: 'install', scope: 'user', path: name, container: [], name: name.split('/').at(-1) ?? name },
  ...{ isEnabled: true, notes: [], references: 'none', folder, inputs: {} },
});
