import { programName } from '../services/start-limits.ts';
import type { FoundPair, FoundProcess, FoundRemote } from './found-server.ts';

type Launch = FoundProcess | FoundRemote;

/** A launch and the wrapper that was removed from it. */
export interface Unwrapped {
  readonly launch: Launch;
  readonly note?: string;
}

/**
 * Returns the server behind a wrapper: `mcp-remote`, `supergateway`, `mcp-proxy`, `cmd /c`, and `docker run -e NAME=VALUE`. An
 * unknown flag leaves the command unchanged.
 */
export function unwrappedLaunch(launch: Launch): Unwrapped {
  if (launch.type === 'remote') return { launch };
  const direct = withoutShell(launch);
  const { words, program } = runnerWords(direct);
  const remote = remoteOf(program, words, direct);
  if (remote !== undefined) return { launch: remote, note: `${program} is not needed: the service connects directly` };
  if (isContainer(direct)) return { launch: withoutInlineVariables(direct) };
  return direct === launch ? { launch } : { launch: direct, note: 'cmd /c is not needed' };
}

function withoutShell(launch: FoundProcess): FoundProcess {
  const [flag = '', command, ...args] = launch.args;
  if (programName(launch.command) !== 'cmd' || flag.toLowerCase() !== '/c' || command === undefined) return launch;
  return { ...launch, command, args };
}

/** Returns the program of a package runner without its version, and the words behind it. */
function runnerWords({ command, args }: FoundProcess): { readonly program: string; readonly words: readonly string[] } {
  if (programName(command) !== 'npx' && programName(command) !== 'uvx' && programName(command) !== 'bunx') {
    return { program: programName(command), words: args };
  }
  const at = args.findIndex((word) => !/^(?:-y|--yes|-q|--quiet)$/.test(word));
  const named = args[at] ?? '';
  return { program: named.replace(/(.)@[^@/]*$/, '$1'), words: args.slice(at + 1) };
}

const isUrl = (word: string): boolean => /^https?:\/\//i.test(word);

/** Flags of a wrapper: the number of words behind each that are its value. */
type WrapperFlags = Readonly<Record<string, number>>;
const WRAPPERS: Readonly<Record<string, WrapperFlags>> = {
  'mcp-remote': { '--header': 1, '--transport': 1, '--allow-http': 0, '--debug': 0, '--silent': 0 },
  supergateway: { '--sse': 1, '--streamableHttp': 1, '--header': 1, '--oauth2Bearer': 1, '--outputTransport': 1 },
  'mcp-proxy': { '--transport': 1, '--headers': 2, '-H': 2 },
};

function remoteOf(program: string, words: readonly string[], { env }: FoundProcess): FoundRemote | undefined {
  const flags = Object.hasOwn(WRAPPERS, program) ? WRAPPERS[program] : undefined;
  if (flags === undefined) return undefined;
  const urls: string[] = [];
  const headers: FoundPair[] = [];
  let transport: FoundRemote['transport'];
  const known = new Map(env.map(({ name, value }) => [name, value]));
  // The wrapper replaces ${NAME} in a header by its own variables.
  const fill = (text: string): string =>
    text.replace(/\$\{([A-Za-z_]\w*)\}/g, (written, name: string) => known.get(name) ?? written);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const count = Object.hasOwn(flags, word) ? flags[word] : undefined;
    if (count === undefined) {
      // The port of the login callback of mcp-remote.
      if (urls.length === 1 && /^\d{1,5}$/.test(word)) continue;
      if (!isUrl(word)) return undefined;
      urls.push(word);
      continue;
    }
    const values = words.slice(at + 1, at + 1 + count);
    if (values.length < count) return undefined;
    at += count;
    const [first = '', second = ''] = values;
    if (word === '--sse' || word === '--streamableHttp') {
      urls.push(first);
      transport = word === '--sse' ? 'sse_http' : 'streamable_http';
    } else if (word === '--oauth2Bearer') headers.push({ name: 'Authorization', value: `Bearer ${fill(first)}` });
    else if (word === '--header') {
      const colon = first.indexOf(':');
      if (colon < 1) return undefined;
      headers.push({ name: first.slice(0, colon).trim(), value: fill(first.slice(colon + 1).trim()) });
    } else if (word === '--headers' || word === '-H') headers.push({ name: first, value: fill(second) });
    else if (word === '--transport') transport = /^sse/.test(first) ? 'sse_http' : 'streamable_http';
  }
  const [url] = urls;
  if (url === undefined || urls.length > 1 || !isUrl(url)) return undefined;
  const needsLogin = program === 'mcp-remote' && headers.length === 0;
  return { type: 'remote', url, ...(transport === undefined ? {} : { transport }), headers, needsLogin };
}

const isContainer = ({ command, args }: FoundProcess): boolean =>
  /^(?:docker|podman)$/.test(programName(command)) && args[0] === 'run';

/** Moves the values of `-e NAME=VALUE` from the arguments, which other users can read, to the environment. */
function withoutInlineVariables(launch: FoundProcess): FoundProcess {
  const env = [...launch.env];
  const args: string[] = [];
  const take = (pair: string): string => {
    const at = pair.indexOf('=');
    if (at < 1) return pair;
    const name = pair.slice(0, at);
    if (env.some((other) => other.name === name)) return name;
    env.push({ name, value: pair.slice(at + 1) });
    return name;
  };
  for (let at = 0; at < launch.args.length; at += 1) {
    const word = launch.args[at] ?? '';
    if (word === '-e' || word === '--env') {
      args.push(word);
      const pair = launch.args[at + 1];
      if (pair !== undefined) args.push(take(pair));
      at += 1;
    } else if (word.startsWith('--env=')) args.push(`--env=${take(word.slice('--env='.length))}`);
    else args.push(word);
  }
  return { ...launch, args, env };
}
