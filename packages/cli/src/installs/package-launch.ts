import type { FoundServer, PlannedServer, ValueTemplate } from '@clarity-runtime/core/internal';
import { needsOf } from '@clarity-runtime/core/internal';
import { CliError } from '../support/cli-error.ts';
import { filled, inputTemplate, type GivenValues } from './install-values.ts';
import type { ServerArgument, ServerPackage, ServerRemote } from './server-document.ts';

/** How packages of one registry are run. */
interface Runner {
  readonly program: string;
  readonly identifier: RegExp;
  readonly baseUrl: string;
  /** Flags of the program that would run another program. */
  readonly refused?: RegExp;
  /** Returns the words behind the program. */
  words(identifier: string, version: string, more: RunnerWords): readonly ValueTemplate[];
}

interface RunnerWords {
  readonly runtime: readonly ValueTemplate[];
  readonly variables: readonly string[];
  readonly registry: string | undefined;
}

const text = (value: string): ValueTemplate => [{ type: 'text', text: value }];
const atVersion = (identifier: string, version: string): string =>
  version === '' ? identifier : `${identifier}@${version}`;

/** Commands come from this table, never from a document. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  npm: {
    program: 'npx',
    identifier: /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i,
    baseUrl: 'https://registry.npmjs.org',
    refused: /^(?:-c|--call|--shell|--script-shell|--node-options|--prefix)(?:=|$)/,
    words: (identifier, version, { runtime, registry }) => [
      ...runtime,
      ...(registry === undefined ? [] : [text(`--registry=${registry}`)]),
      text('-y'),
      text(atVersion(identifier, version)),
    ],
  },
  pypi: {
    program: 'uvx',
    identifier: /^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?$/,
    baseUrl: 'https://pypi.org',
    words: (identifier, version, { runtime, registry }) => [
      ...runtime,
      ...(registry === undefined ? [] : [text('--index-url'), text(registry)]),
      text(atVersion(identifier, version)),
    ],
  },
  oci: {
    program: 'docker',
    identifier: /^[a-z0-9][\w./:@-]*$/i,
    baseUrl: 'https://docker.io',
    refused: /^(?:--privileged|--pid|--ipc|--userns|--security-opt|--cap-add|--device)(?:=|$)/,
    words: (identifier, _version, { runtime, variables }) => [
      ...['run', '-i', '--rm', '--init'].map(text),
      ...variables.flatMap((name) => [text('-e'), text(name)]),
      ...runtime,
      text(identifier),
    ],
  },
  nuget: {
    program: 'dnx',
    identifier: /^[A-Za-z0-9][\w.-]*$/,
    baseUrl: 'https://api.nuget.org/v3/index.json',
    words: (identifier, version, { runtime }) => [
      ...runtime,
      text(atVersion(identifier, version)),
      text('--yes'),
      text('--'),
    ],
  },
};

/** Registries whose packages can be run. */
export const packageTypes: readonly string[] = [...Object.keys(RUNNERS), 'mcpb'];

/** Returns the program that runs packages of a registry. */
export const runnerProgram = (registryType: string): string | undefined =>
  Object.hasOwn(RUNNERS, registryType) ? RUNNERS[registryType]?.program : undefined;

const VERSION = /^[0-9A-Za-z][\w.+!-]{0,99}$/;

/** Returns the server of a package. @throws CliError when the package cannot be run as its document says. */
export function packageServer(
  pack: ServerPackage,
  server: FoundServer,
  { given, allowsRegistry }: { readonly given: GivenValues; readonly allowsRegistry: boolean },
): PlannedServer {
  const { registryType, identifier, version = '', runtimeHint } = pack;
  const runner = Object.hasOwn(RUNNERS, registryType) ? RUNNERS[registryType] : undefined;
  if (runner === undefined) {
    throw new CliError(`packages of '${registryType}' cannot be run`, {
      hint: `known are: ${packageTypes.join(', ')}`,
    });
  }
  if (
    runtimeHint !== undefined &&
    runtimeHint !== runner.program &&
    !(runtimeHint === 'dotnet' && runner.program === 'dnx')
  ) {
    throw new CliError(
      `runtimeHint '${runtimeHint.slice(0, 40)}' is refused: ${registryType} packages run with ${runner.program}`,
    );
  }
  if (!runner.identifier.test(identifier))
    throw new CliError(`the identifier of the ${registryType} package is not valid`);
  if ((version !== '' && !VERSION.test(version)) || /^latest$/i.test(version)) {
    throw new CliError('the version of the package is not valid: it must be one version, not `latest`');
  }
  if (pack.transport !== undefined && pack.transport.type !== 'stdio') {
    throw new CliError('the package starts an HTTP server', {
      hint: 'start it yourself, and use add-remote with its URL',
    });
  }
  const pairs = pack.environmentVariables.flatMap(({ name, ...input }) => {
    const value = inputTemplate(name, input, given);
    return value === undefined ? [] : [{ name, value }];
  });
  const runtime = argumentsOf(pack.runtimeArguments, given);
  const bad = runtime.find(([first]) => first?.type === 'text' && runner.refused?.test(first.text) === true);
  if (bad !== undefined) throw new CliError(`a runtime argument of the package is refused: ${shown(bad)}`);
  const variables = pairs.map(({ name }) => name);
  const registry = registryOf(pack, runner, allowsRegistry);
  const args = [
    ...runner.words(identifier, version, { runtime, variables, registry }),
    ...argumentsOf(pack.packageArguments, given),
  ];
  return plannedOf(server, { isRemote: false, head: text(runner.program), args, pairs });
}

const shown = (template: ValueTemplate): string =>
  template
    .map((part) => (part.type === 'text' ? part.text : '***'))
    .join('')
    .slice(0, 60);

function registryOf({ registryBaseUrl }: ServerPackage, { baseUrl }: Runner, isAllowed: boolean): string | undefined {
  const bare = (url: string): string => url.replace(/\/$/, '');
  if (registryBaseUrl === undefined || bare(registryBaseUrl) === bare(baseUrl)) return undefined;
  if (!/^https:\/\/[^\s]+$/.test(registryBaseUrl)) throw new CliError('registryBaseUrl is not an https URL');
  if (isAllowed) return registryBaseUrl;
  throw new CliError(`the package comes from ${registryBaseUrl.slice(0, 100)}, not from ${baseUrl}`, {
    hint: 'allow it with --allow-registry',
  });
}

function argumentsOf(list: readonly ServerArgument[], given: GivenValues): readonly ValueTemplate[] {
  return list.flatMap((argument, at): readonly ValueTemplate[] => {
    const { type, name, valueHint } = argument;
    const value = inputTemplate((type === 'named' ? name : valueHint) ?? `argument-${String(at + 1)}`, argument, given);
    if (type === 'positional') return value === undefined ? [] : [value];
    const isFlag = argument.value === undefined && argument.default === undefined && argument.isRequired !== true;
    if (value === undefined) return isFlag && given.has(name ?? '') ? [text(name ?? '')] : [];
    return [text(name ?? ''), value];
  });
}

/** Returns the server of a remote endpoint. @throws CliError when its transport is not supported. */
export function remoteServer(remote: ServerRemote, server: FoundServer, given: GivenValues): PlannedServer {
  const { type, url, headers, variables = {} } = remote;
  if (type !== 'streamable-http' && type !== 'sse')
    throw new CliError(`the transport '${type.slice(0, 40)}' is not supported`);
  if (!/^https?:\/\/[^{}/]+(?:\/|$)/i.test(url)) throw new CliError('the host of its address is not fixed');
  const pairs = headers.flatMap(({ name, ...input }) => {
    const value = inputTemplate(name, input, given);
    return value === undefined ? [] : [{ name, value }];
  });
  const transport = type === 'sse' ? 'sse_http' : 'streamable_http';
  return plannedOf(server, { isRemote: true, head: filled(url, variables, given), args: [], pairs, transport });
}

type Launch = Pick<PlannedServer, 'isRemote' | 'head' | 'args' | 'pairs'> &
  Partial<Pick<PlannedServer, 'transport' | 'cwd'>>;

/** Returns a planned server with the defaults of an installation. */
export function plannedOf(server: FoundServer, launch: Launch): PlannedServer {
  const templates = [launch.head, ...launch.args, ...launch.pairs.map(({ value }) => value)];
  return {
    transport: 'streamable_http',
    ...launch,
    server,
    query: [],
    needs: needsOf(templates),
    needsLogin: false,
    notes: [],
    fingerprint: '',
    identity: '',
  };
}
