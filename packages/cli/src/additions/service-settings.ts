import { isAbsolute, resolve } from 'node:path';
import type { EnvironmentEntry, LocalProcessOrigin, Manifest, RemoteMcpOrigin } from '@clarity-runtime/core';
import { normalizeNamespace, originMember } from '@clarity-runtime/core/internal';
import { nearestName } from '../arguments/nearest-name.ts';
import { usageError } from '../support/cli-error.ts';

/** One word of `set`: a key, an operator and a value. */
export interface Assignment {
  readonly key: string;
  /** `+=` adds to a list. */
  readonly operator: '=' | '+=';
  readonly value: string;
}

/** Parts of a manifest with named values, by the first part of a key. */
export const VALUE_PARTS = { env: 'env', header: 'headers', query: 'query' } as const;
/** The first part of a key that names a value. */
export type EntryPart = keyof typeof VALUE_PARTS;

type Setter = (manifest: Manifest, value: string, at: { readonly key: string; readonly cwd: string }) => Manifest;

const withSpec = (manifest: Manifest, change: Partial<Manifest['spec']>): Manifest => ({
  ...manifest,
  spec: { ...manifest.spec, ...change },
});

const onOrigin =
  (
    type: 'local_process' | 'remote_mcp',
    what: string,
    change: (value: string, cwd: string, key: string) => object,
  ): Setter =>
  (manifest, value, { key, cwd }) => {
    const { origin } = manifest.spec;
    if (origin.type !== type) throw usageError(`${key} is a setting of ${what}`, 'change another setting, or use edit');
    return withSpec(manifest, { origin: withoutUndefined({ ...origin, ...change(value, cwd, key) }) as typeof origin });
  };

const ofProgram = (change: Parameters<typeof onOrigin>[2]): Setter => onOrigin('local_process', 'programs', change);
const ofRemote = (change: Parameters<typeof onOrigin>[2]): Setter =>
  onOrigin('remote_mcp', 'services behind a URL', change);

const withoutUndefined = (members: object): object =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
const orAbsent = (value: string): string | undefined => (value === '' ? undefined : value);
const path = (value: string, cwd: string): string | undefined =>
  value === '' ? undefined : isAbsolute(value) ? value : resolve(cwd, value);

/** Settings by their key. */
const SETTERS: Readonly<Record<string, Setter>> = {
  command: ofProgram((value, _cwd, key) => ({ command: needed(value, key) })),
  args: ofProgram((value) => ({ args: words(value) })),
  cwd: ofProgram((value, cwd) => ({ cwd: path(value, cwd) })),
  'env-file': ofProgram((value, cwd) => ({ envFile: path(value, cwd) })),
  url: ofRemote((value, _cwd, key) => ({ endpoint: needed(value, key) })),
  'auth-ref': ofRemote((value) => ({ authRef: orAbsent(value) })),
  proxy: ofRemote((value) => ({ proxy: orAbsent(value) })),
  transport: ofRemote((value, _cwd, key) => ({ transport: needed(value, key) })),
  ca: (manifest, value, at) => {
    const tls = manifest.spec.origin.type === 'remote_mcp' ? manifest.spec.origin.tls : undefined;
    const next = withoutUndefined({ ...tls, caFile: path(value, at.cwd) });
    return ofRemote(() => ({ tls: Object.keys(next).length === 0 ? undefined : next }))(manifest, value, at);
  },
  'start.timeout': (manifest, value, { key }) => {
    const maxMs = value === '' ? undefined : milliseconds(value, key);
    const { start: _, ...spec } = manifest.spec;
    return { ...manifest, spec: maxMs === undefined ? spec : { ...spec, start: { idleMs: maxMs, maxMs } } };
  },
  timeout: (manifest, value, { key }) => {
    const timeoutMs = value === '' ? undefined : milliseconds(value, key);
    const { origin, policy } = manifest.spec;
    // The older member of a remote service would limit the policy.
    const isOlder = origin.type === 'remote_mcp' && origin.timeoutMs !== undefined;
    if (isOlder) return withSpec(manifest, { origin: withoutUndefined({ ...origin, timeoutMs }) as RemoteMcpOrigin });
    return withSpec(manifest, { policy: withoutUndefined({ ...policy, timeoutMs }) });
  },
  autostart: (manifest, value, { key }) => withSpec(manifest, { autostart: truth(value, key) }),
  enabled: (manifest, value, { key }) => withSpec(manifest, { enabled: truth(value, key) }),
  name: (manifest, value, { key }) => renamed(manifest, needed(value, key)),
  'display-name': ({ metadata, spec, ...rest }, value) => {
    const { displayName: _, ...others } = metadata;
    return { ...rest, spec, metadata: value === '' ? others : { ...others, displayName: value } };
  },
};

/** Keys of `set`, for its help and for completion. */
export const SETTING_KEYS: readonly string[] = [
  ...Object.keys(SETTERS),
  ...Object.keys(VALUE_PARTS).map((part) => `${part}.NAME`),
  'label.NAME',
];

/** @throws CliError with exit code 2 for a word without `=`. */
export function assignment(word: string): Assignment {
  const [, key, plus, value] = /^([^=+]+)(\+?)=([^]*)$/.exec(word) ?? [];
  if (key === undefined || value === undefined) {
    throw usageError(
      `'${word.split('=', 1)[0] ?? ''}' is not a setting`,
      'write key=value, for example start.timeout=2m',
    );
  }
  return { key, operator: plus === '+' ? '+=' : '=', value };
}

/** Returns the part and the name of a key such as `env.TOKEN`; undefined for another key. */
export function valueKey(key: string): { readonly part: EntryPart; readonly name: string } | undefined {
  const [, part, name] = /^(env|header|query)\.(.+)$/.exec(key) ?? [];
  return part === undefined || name === undefined ? undefined : { part: part as EntryPart, name };
}

/**
 * Returns the manifest with one setting changed. An empty value removes it.
 * @throws CliError with exit code 2 and the nearest key.
 */
export function withSetting(manifest: Manifest, { key, operator, value }: Assignment, cwd: string): Manifest {
  if (operator === '+=') return withMore(manifest, key, value, cwd);
  const [, label] = /^label\.(.+)$/.exec(key) ?? [];
  if (label !== undefined) return withLabel(manifest, label, value);
  const setter = Object.hasOwn(SETTERS, key) ? SETTERS[key] : undefined;
  if (setter !== undefined) return setter(manifest, value, { key, cwd });
  const near = nearestName(key, SETTING_KEYS);
  throw usageError(
    `unknown setting '${key}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    `settings: ${SETTING_KEYS.join(', ')}`,
  );
}

/** Returns the manifest with a named value; `undefined` removes it. */
export function withValue(
  manifest: Manifest,
  { part, name }: { readonly part: EntryPart; readonly name: string },
  entry: EnvironmentEntry | undefined,
): Manifest {
  const { origin } = manifest.spec;
  const isRemote = origin.type === 'remote_mcp';
  if (isRemote === (part === 'env')) {
    throw usageError(
      part === 'env' ? 'env is a setting of programs' : `${part} is a setting of services behind a URL`,
      part === 'env' ? 'use header.NAME or query.NAME' : 'use env.NAME',
    );
  }
  const member = VALUE_PARTS[part];
  const entries = (originMember(origin, member) ?? []) as readonly EnvironmentEntry[];
  const isNamed = (other: EnvironmentEntry): boolean =>
    part === 'header' ? other.name.toLowerCase() === name.toLowerCase() : other.name === name;
  const at = entries.findIndex(isNamed);
  const own = entry === undefined ? [] : [entry];
  const next = at < 0 ? [...entries, ...own] : [...entries.slice(0, at), ...own, ...entries.slice(at + 1)];
  const changed = withoutUndefined({ ...origin, [member]: next.length === 0 ? undefined : next });
  return withSpec(manifest, { origin: changed as typeof origin });
}

/** Returns the manifest with another name of its service. Its id and its history stay. */
export function renamed(manifest: Manifest, name: string): Manifest {
  const { toolNamespace: _, ...spec } = manifest.spec;
  const isModule = normalizeNamespace(manifest.metadata.module) === normalizeNamespace(name);
  return { ...manifest, spec: isModule ? spec : { ...spec, toolNamespace: name } };
}

function withMore(manifest: Manifest, key: string, value: string, cwd: string): Manifest {
  const { origin } = manifest.spec;
  if (key !== 'args') throw usageError(`'${key}+=' is not possible`, 'args is the only list: args+=VALUE');
  const more = (): object => ({ args: [...((origin as LocalProcessOrigin).args ?? []), value] });
  return ofProgram(more)(manifest, value, { key, cwd });
}

function withLabel({ metadata, ...rest }: Manifest, name: string, value: string): Manifest {
  const { labels, ...others } = metadata;
  const next = Object.fromEntries(
    Object.entries({ ...labels, [name]: value }).filter(([key, text]) => key !== name || text !== ''),
  );
  return { ...rest, metadata: Object.keys(next).length === 0 ? others : { ...others, labels: next } };
}

/** A JSON array, or words between spaces. */
function words(value: string): readonly string[] {
  if (!value.trimStart().startsWith('[')) return value.split(/\s+/).filter((word) => word !== '');
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
  } catch {
    // The same advice as for an array with other values.
  }
  throw usageError('args is not a JSON array of texts', `write args='["-y","@example/mcp"]', or words between spaces`);
}

function needed(value: string, key: string): string {
  if (value === '') throw usageError(`${key} cannot be empty`);
  return value;
}

function truth(value: string, key: string): boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  throw usageError(`${key} must be true or false`);
}

function milliseconds(value: string, key: string): number {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m)$/.exec(value) ?? [];
  if (amount === undefined) throw usageError(`${key} must be a duration such as 90s or 2m`);
  return Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
}
