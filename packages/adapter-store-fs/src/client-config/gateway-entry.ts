import { isDeepStrictEqual } from 'node:util';
import type { GatewayEntry, GatewayTransport } from '@clarity-runtime/core/ports';
import type { ConfigEntry, EntryEdit } from './config-text.ts';

type Written = Readonly<Record<string, unknown>>;

const URL_KEYS = ['url', 'httpUrl', 'serverUrl', 'uri'] as const;
/** Members of an entry that belong to one transport only. */
const KEYS_OF: Readonly<Record<GatewayTransport, readonly string[]>> = {
  stdio: ['command', 'cmd', 'args', 'env', 'envs', 'environment', 'env_vars', 'cwd'],
  http: [...URL_KEYS, 'headers', 'bearer_token_env_var', 'http_headers', 'env_http_headers'],
};

/** The members of an entry that identify a server. */
export interface WrittenEntry {
  readonly transport: GatewayTransport;
  readonly endpoint?: string;
  readonly command?: string;
  readonly args?: readonly string[];
}

/** Returns transport, endpoint and command of an entry. Ignores values of another type. */
export function readEntry(entry: Written): WrittenEntry {
  const endpoint = URL_KEYS.map((key) => entry[key]).find((value) => typeof value === 'string');
  if (endpoint !== undefined) return { transport: 'http', endpoint };
  const [program, ...rest] = Array.isArray(entry['command']) ? (entry['command'] as readonly unknown[]) : [];
  const { command = entry['cmd'], args } = program === undefined ? entry : { command: program, args: rest };
  return {
    transport: 'stdio',
    ...(typeof command === 'string' ? { command } : {}),
    ...(Array.isArray(args) && args.every((arg) => typeof arg === 'string') ? { args: args } : {}),
  };
}

/** Returns the gateway that an entry refers to, without additions of the user. */
export function gatewayOf(entry: Written): GatewayEntry {
  const { endpoint: url, command = '', args = [] } = readEntry(entry);
  return url === undefined ? { transport: 'stdio', command, args } : { transport: 'http', url };
}

/** Returns true for an entry that starts the gateway or has its endpoint; another server may have the same name. */
export function isOurs(entry: Written): boolean {
  const { endpoint, args = [] } = readEntry(entry);
  if (endpoint !== undefined) return URL.canParse(endpoint) && new URL(endpoint).pathname.replace(/\/$/, '') === '/mcp';
  const at = args.indexOf('gateway');
  return at >= 0 && args[at + 1] === 'serve' && args.includes('--stdio');
}

/** Returns the change from an entry to the wanted one. Additions of the user stay unless the transport excludes them. */
export function editOf(was: Written | undefined, wanted: ConfigEntry, transport: GatewayTransport): EntryEdit {
  if (was === undefined) return { set: wanted, drop: [] };
  const others = KEYS_OF[transport === 'stdio' ? 'http' : 'stdio'];
  const stale = ['type', 'bearer_token_env_var', ...others].filter((key) => key in was && !(key in wanted));
  const set = Object.entries(wanted).flatMap(([key, value]): [string, ConfigEntry[string]][] => {
    const merged = mergedValue(was[key], value);
    return isDeepStrictEqual(was[key], merged) ? [] : [[key, merged]];
  });
  return { set: Object.fromEntries(set), drop: stale };
}

/** Returns the complete entry after an edit. */
export function entryAfter(was: Written, { set, drop }: EntryEdit): ConfigEntry {
  const kept = Object.entries(was).filter(([key]) => !drop.includes(key));
  return { ...(Object.fromEntries(kept) as ConfigEntry), ...set };
}

/** Merges variables and headers with the existing ones. */
function mergedValue(was: unknown, value: ConfigEntry[string]): ConfigEntry[string] {
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  if (typeof was !== 'object' || was === null || Array.isArray(was)) return value;
  return { ...(was as Readonly<Record<string, string>>), ...(value as Readonly<Record<string, string>>) };
}
