import type { FoundInput, FoundPair, FoundProcess, FoundRemote, FoundServer } from '@clarity-runtime/core/internal';
import { SERVER_NAME } from '../client-config/fs-client-config.ts';
import { isOurs, readEntry } from '../client-config/gateway-entry.ts';

type Members = Readonly<Record<string, unknown>>;

/** The place of an entry and the rules of its client. */
export interface EntryContext extends Pick<
  FoundServer,
  'client' | 'scope' | 'path' | 'container' | 'references' | 'folder'
> {
  readonly inputs: Readonly<Record<string, FoundInput>>;
  readonly timeoutUnitMs?: number | undefined;
  /** Names that a list of the file disables. */
  readonly disabled?: ReadonlySet<string>;
}

const COMMANDS = ['command', 'cmd'] as const;
const URLS = ['url', 'serverUrl', 'httpUrl', 'baseUrl', 'uri', 'remote_url'] as const;
const VARIABLES = ['env', 'envs', 'environment', 'env_vars'] as const;
const VARIABLE_NAMES = ['env_vars', 'env_keys'] as const;
const HEADERS = ['headers', 'http_headers'] as const;
const ALLOW = ['enabled_tools', 'includeTools', 'available_tools'] as const;
const DENY = ['disabled_tools', 'disabledTools', 'excludeTools'] as const;
/** Members that are read, or that say nothing about the server. */
const KNOWN = new Set<string>([
  ...[...COMMANDS, ...URLS, ...VARIABLES, ...VARIABLE_NAMES, ...HEADERS, ...ALLOW, ...DENY],
  ...'args cmd_args cwd workingDirectory working_directory envFile type transport transport_type name description'.split(
    ' ',
  ),
  ...'display_name displayName title icon gallery version source bundled enabled disabled start_on_launch'.split(' '),
  ...'timeout connectTimeout startup_timeout_sec startup_timeout_ms tool_timeout_sec tools toolFilter'.split(' '),
  ...'bearer_token_env_var bearerToken bearerTokenEnv env_http_headers oauth auth image schema_version'.split(' '),
  ...'requestOptions tags required alwaysLoad'.split(' '),
]);

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (members: Members, name: string): unknown => (Object.hasOwn(members, name) ? members[name] : undefined);

/** Returns a text, a number or a boolean as text. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

const textAt = (members: Members, names: readonly string[]): string | undefined =>
  names.map((name) => textOf(own(members, name))).find((text) => text !== undefined);
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(textOf).filter((text) => text !== undefined) : [];
const plainNames = (value: unknown): readonly string[] =>
  textsOf(value).filter((name) => name !== '' && !name.includes('*'));

/** Returns the server of an entry; undefined for an entry of this gateway, and for a value that is not an entry. */
export function serverOf(name: string, entry: unknown, context: EntryContext): FoundServer | undefined {
  if (!isMembers(entry) || isThisGateway(name, entry)) return undefined;
  const { client, scope, path, container, references, folder, inputs, disabled } = context;
  const launch = launchOf(entry);
  const server = {
    ...{ client, scope, path, container, name, references, folder, inputs },
    isEnabled: isEnabled(entry) && disabled?.has(name) !== true,
    notes: notesOf(entry),
    ...limitsOf(entry, context.timeoutUnitMs),
    ...toolsOf(entry),
  };
  return typeof launch === 'string' ? { ...server, refusal: launch } : { ...server, launch };
}

/** Any server may have the path /mcp, so that an address counts only under our name. */
const isThisGateway = (name: string, entry: Members): boolean =>
  isOurs(entry) && (name === SERVER_NAME || readEntry(entry).transport === 'stdio');

function isEnabled(entry: Members): boolean {
  return own(entry, 'enabled') !== false && own(entry, 'disabled') !== true && own(entry, 'start_on_launch') !== false;
}

/** Returns how a server starts; a text with the reason if it cannot be imported. */
function launchOf(entry: Members): FoundProcess | FoundRemote | string {
  const type = (textAt(entry, ['type', 'transport', 'transport_type']) ?? '').toLowerCase();
  if (own(entry, 'headersHelper') !== undefined) return 'headersHelper runs a command: set a header by hand';
  if (type === 'ws' || type === 'websocket') return 'the transport WebSocket is not supported';
  if (/^(?:builtin|platform|frontend|inline_python)$/.test(type)) return 'it is a part of the client, not a server';
  if (type === 'openapi') return 'it is an OpenAPI description, not an MCP server';
  const url = textAt(entry, URLS)?.trim();
  const launch = url === undefined || url === '' ? processOf(entry) : remoteOf(entry, url, type);
  if (typeof launch === 'string') return launch;
  if (JSON.stringify(launch).includes('{{')) return 'it is a template with {{…}}, which only its client can fill';
  return launch;
}

function processOf(entry: Members): FoundProcess | string {
  const [first, ...list] = textsOf(own(entry, 'command'));
  const image = textOf(own(entry, 'image'));
  const command = first ?? textAt(entry, COMMANDS) ?? (image === undefined ? undefined : 'docker');
  if (command === undefined || command.trim() === '') return 'it has neither a command nor an address';
  const env = pairsOf(entry);
  // One text of arguments, as older versions of a client wrote it, is split at blanks.
  const given = own(entry, 'args') ?? own(entry, 'cmd_args');
  const args = typeof given === 'string' ? given.split(/\s+/).filter((word) => word !== '') : textsOf(given);
  const words =
    first === undefined && image !== undefined && textAt(entry, COMMANDS) === undefined
      ? ['run', '-i', '--rm', ...env.flatMap(({ name }) => ['-e', name]), image, ...args]
      : [...list, ...args];
  if (isGateway([command, ...words])) return 'it is a gateway of several servers: import its file with --from <file>';
  const cwd = textAt(entry, ['cwd', 'workingDirectory', 'working_directory']);
  const envFile = textOf(own(entry, 'envFile'));
  return {
    type: 'process',
    command: command.trim(),
    args: words,
    env,
    ...(cwd === undefined ? {} : { cwd }),
    ...(envFile === undefined ? {} : { envFile }),
  };
}

const GATEWAYS = /(?:^|[/@])(?:@1mcp\/agent|1mcp|mcphub|mcp-hub|metamcp|mcpx-server|mcporter)(?:@|$)/;

const isGateway = (words: readonly string[]): boolean =>
  / mcp gateway run( |$)/.test(words.slice(0, 6).join(' ')) || words.slice(0, 4).some((word) => GATEWAYS.test(word));

/** Returns the variables of a map or of a list of `NAME=value` and `NAME`. */
function pairsOf(entry: Members): readonly FoundPair[] {
  const pairs: FoundPair[] = [];
  for (const member of VARIABLES) {
    const value = own(entry, member);
    if (isMembers(value)) pairs.push(...mapPairs(value));
    else if (member !== 'env_vars') {
      for (const text of textsOf(value)) {
        const at = text.indexOf('=');
        pairs.push(
          at < 0
            ? { name: text, value: text, isVariable: true }
            : { name: text.slice(0, at), value: text.slice(at + 1) },
        );
      }
    }
  }
  for (const member of VARIABLE_NAMES) {
    const list = own(entry, member);
    for (const item of Array.isArray(list) ? (list as readonly unknown[]) : []) {
      const name = textOf(item) ?? (isMembers(item) ? textOf(own(item, 'name')) : undefined);
      if (name !== undefined) pairs.push({ name, value: name, isVariable: true });
    }
  }
  return pairs;
}

const mapPairs = (map: Members): readonly FoundPair[] =>
  Object.entries(map).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === undefined ? [] : [{ name, value: text }];
  });

function remoteOf(entry: Members, url: string, type: string): FoundRemote | string {
  if (!/^https?:\/\//i.test(url) && !/^[${]/.test(url)) return 'its address is not an http or https URL';
  const options = own(entry, 'requestOptions');
  const more = isMembers(options) && isMembers(own(options, 'headers')) ? (own(options, 'headers') as Members) : {};
  const headers = [...HEADERS.map((name) => own(entry, name)).filter(isMembers), more].flatMap(mapPairs);
  const byVariable = own(entry, 'env_http_headers');
  if (isMembers(byVariable))
    headers.push(...mapPairs(byVariable).map((pair) => ({ ...pair, isVariable: true as const })));
  const token = textOf(own(entry, 'bearerToken'));
  if (token !== undefined) headers.push({ name: 'Authorization', value: `Bearer ${token}` });
  const variable = textAt(entry, ['bearer_token_env_var', 'bearerTokenEnv']);
  if (variable !== undefined)
    headers.push({ name: 'Authorization', value: variable, isVariable: true, prefix: 'Bearer ' });
  const auth = own(entry, 'auth');
  const oauth = own(entry, 'oauth');
  const needsLogin = isMembers(oauth) ? own(oauth, 'enabled') !== false : isMembers(auth) || auth === 'oauth';
  const transport = /^sse/.test(type)
    ? 'sse_http'
    : /http/.test(type) || own(entry, 'httpUrl') !== undefined
      ? 'streamable_http'
      : undefined;
  return { type: 'remote', url, ...(transport === undefined ? {} : { transport }), headers, needsLogin };
}

function limitsOf(entry: Members, unitMs: number | undefined): Pick<FoundServer, 'startMs' | 'callMs'> {
  const number = (name: string): number | undefined => {
    const value = Number(textOf(own(entry, name)) ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const seconds = number('startup_timeout_sec') ?? number('connectTimeout');
  const startMs = number('startup_timeout_ms') ?? (seconds === undefined ? undefined : seconds * 1_000);
  const call = number('tool_timeout_sec');
  const timeout = unitMs === undefined ? undefined : number('timeout');
  const callMs = call !== undefined ? call * 1_000 : timeout === undefined ? undefined : timeout * (unitMs ?? 1);
  return {
    ...(startMs === undefined ? {} : { startMs: Math.round(startMs) }),
    ...(callMs === undefined ? {} : { callMs: Math.round(callMs) }),
  };
}

function toolsOf(entry: Members): Pick<FoundServer, 'allowTools' | 'denyTools'> {
  const filter = own(entry, 'toolFilter') ?? own(entry, 'tools');
  const inner = isMembers(filter) ? filter : {};
  const allowTools = [...ALLOW.flatMap((name) => plainNames(own(entry, name))), ...plainNames(own(inner, 'include'))];
  if (Array.isArray(filter)) allowTools.push(...plainNames(filter));
  const denyTools = [...DENY.flatMap((name) => plainNames(own(entry, name))), ...plainNames(own(inner, 'exclude'))];
  return {
    ...(allowTools.length === 0 ? {} : { allowTools: [...new Set(allowTools)] }),
    ...(denyTools.length === 0 ? {} : { denyTools: [...new Set(denyTools)] }),
  };
}

const MAX_NOTE_COUNT = 8;

/** Names the members without a counterpart. Names come from the file, so they are cut. */
function notesOf(entry: Members): readonly string[] {
  const others = Object.keys(entry).filter((name) => !KNOWN.has(name) && /^[\w.-]{1,40}$/.test(name));
  return others.length === 0 ? [] : [`not imported: ${others.slice(0, MAX_NOTE_COUNT).join(', ')}`];
}
