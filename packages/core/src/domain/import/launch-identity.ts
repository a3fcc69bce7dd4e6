import { placeholdersOf } from '../text/placeholders.ts';
import type { Origin } from '../services/manifest.ts';
import { programName } from '../services/start-limits.ts';

/** Flags of package runners before the package. */
const RUNNER_FLAGS = /^(?:-y|--yes|-q|--quiet|--silent|--)$/;
const RUNNERS: Readonly<Record<string, readonly [kind: string, subcommands: readonly string[]]>> = {
  npx: ['npm', []],
  bunx: ['npm', []],
  pnpx: ['npm', []],
  npm: ['npm', ['exec', 'x']],
  pnpm: ['npm', ['dlx', 'exec']],
  yarn: ['npm', ['dlx']],
  uvx: ['pypi', []],
  uv: ['pypi', ['tool', 'run']],
  pipx: ['pypi', ['run']],
};
/** Flags of `docker run` with a separate value. */
const CONTAINER_VALUES =
  /^(?:-e|--env|-v|--volume|--mount|--name|--network|--net|-p|--publish|-w|--workdir|-u|--user|--env-file|--entrypoint|--platform|--add-host|--label|-l|--memory|-m)$/;

/**
 * Returns a text that is equal for two launches of the same server: the package and its arguments without a version, the
 * container image, the program, or the address. It contains no secret.
 */
export function launchIdentity(origin: Origin): string {
  if (origin.type === 'remote_mcp') return remoteIdentity(origin.endpoint, origin.query?.map(({ name }) => name) ?? []);
  if (origin.type === 'local_wasm') return `wasm:${origin.wasmPath}`;
  const { command, args = [], cwd = '' } = origin;
  const plain = args.map(withoutValues);
  const name = programName(command);
  if ((name === 'docker' || name === 'podman') && plain[0] === 'run') return containerIdentity(plain.slice(1));
  const runner = Object.hasOwn(RUNNERS, name) ? RUNNERS[name] : undefined;
  const rest = runner === undefined ? undefined : runnerRest(plain, runner[1]);
  if (runner !== undefined && rest !== undefined) {
    const [first = '', ...others] = rest;
    return JSON.stringify([`${runner[0]}:${withoutVersion(first)}`, ...others]);
  }
  return JSON.stringify([command, ...plain, cwd]);
}

/** Returns the words behind the runner and its subcommands; undefined for another subcommand. */
function runnerRest(args: readonly string[], subcommands: readonly string[]): readonly string[] | undefined {
  let at = 0;
  if (subcommands.length > 0 && !subcommands.includes(args[0] ?? '')) return undefined;
  while (subcommands.includes(args[at] ?? '')) at += 1;
  while (RUNNER_FLAGS.test(args[at] ?? '')) at += 1;
  return args.slice(at);
}

/** A version stays with scopes: `@scope/name@1.0` becomes `@scope/name`; `name==1.0` becomes `name`. */
const withoutVersion = (name: string): string =>
  name
    .replace(/(.)@[^@/]*$/, '$1')
    .split('==', 1)
    .join('');

function containerIdentity(words: readonly string[]): string {
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-')) at += CONTAINER_VALUES.test(words[at] ?? '') ? 2 : 1;
  const [image = '', ...rest] = words.slice(at);
  return JSON.stringify([
    `oci:${image
      .replace(/(.):[^:/]*$/, '$1')
      .split('@sha256:', 1)
      .join('')}`,
    ...rest,
  ]);
}

function remoteIdentity(endpoint: string, query: readonly string[]): string {
  if (!URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  const names = [...new Set([...url.searchParams.keys(), ...query])].sort();
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}?${names.join('&')}`;
}

/** Returns a text with each reference as `${}`, and a hidden value as such. */
function withoutValues(text: string): string {
  let out = '';
  let from = 0;
  for (const { at, written } of placeholdersOf(text)) {
    out += `${text.slice(from, at)}*`;
    from = at + written.length;
  }
  return (out + text.slice(from)).replaceAll('***', '*');
}
