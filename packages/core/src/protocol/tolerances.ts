import type { McpParams } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { toDisplayText } from '../domain/text/safe-text.ts';

/** A deviation from the specification that this runtime accepts. */
export interface Tolerance {
  /** The deviation, and its meaning here. */
  readonly accepts: string;
  /** The standard that allows it, or a public report of a peer that does it. */
  readonly source: string;
  /** The senders whose messages are read this way. */
  readonly from: readonly ('client' | 'server')[];
}

const both = ['client', 'server'] as const;
const servers = ['server'] as const;

/**
 * The one table of tolerances of every transport. Each id is in the title of a test. A difference that has more than one
 * meaning is not in the table: contradicting values, duplicate members, excess depth and size are refused by name.
 */
export const TOLERANCES = {
  'byte-order-mark': {
    accepts: 'U+FEFF before a JSON text or an event stream is skipped',
    source: 'RFC 8259 §8.1; kotlin-sdk#956',
    from: both,
  },
  'null-params': {
    accepts: '`params` of null or an empty array counts as absent',
    source: 'PHP encodes an empty map as []; context-hub/generator#303',
    from: both,
  },
  'null-member': {
    accepts: '`method` of null in a response, and `id` of null in a notification, count as absent',
    source: 'JSON-RPC 1.0 §1.2, §1.3; serializers that write every member',
    from: both,
  },
  'empty-member': {
    accepts: '`_meta`, `arguments` and `cursor` of null or an empty array count as absent',
    source: 'PHP encodes an empty map as []; keeperhub#2108, cline#10553',
    from: both,
  },
  'code-as-text': {
    accepts: 'the code of an error may be an integer as text',
    source: 'the official Python client, which converts it',
    from: servers,
  },
  'older-revision': {
    accepts: 'protocol version 2024-10-07 is read as 2024-11-05',
    source: 'SUPPORTED_PROTOCOL_VERSIONS of the official TypeScript client',
    from: servers,
  },
  'null-outcome': {
    accepts: '`error: null` beside a result, or `result: null` beside an error, counts as absent',
    source: 'JSON-RPC 1.0 §1.2; Wazuh-MCP-Server#59',
    from: both,
  },
  'array-of-messages': {
    accepts: 'an array of up to 100 messages is read message by message',
    source: 'MCP 2025-03-26, Base Protocol, "Batching"; the official clients',
    from: servers,
  },
  'id-as-text': {
    accepts: 'the number of a request or a progress token of this side may come back as text',
    source: 'python-sdk PR 1720',
    from: servers,
  },
  'error-without-id': {
    accepts: 'an error without id in the response to one request is the reply to it',
    source: 'JSON-RPC 2.0 §5; the official TypeScript server answers 400 this way',
    from: servers,
  },
  'empty-result': {
    accepts: 'any result counts as empty, for methods whose result has no content (ping, subscriptions, logging)',
    source: 'bricks-mcp#45, mcp-sdk-php#1',
    from: servers,
  },
  'empty-cursor': {
    accepts: 'an empty cursor is followed; a cursor that was sent ends the list, and a refused later page does too',
    source: 'MCP 2026-07-28, Pagination; codebase-memory-mcp#1247, java-sdk#628',
    from: servers,
  },
  'same-origin-redirect': {
    accepts: '307 and 308 to the same origin are followed with method, body and credential, up to 3 times',
    source: 'RFC 9110 §15.4.8, §15.4.9; opensearch-mcp-server-py#271',
    from: servers,
  },
  'media-type': {
    accepts: 'the media type of a response in any case, with any parameters, or repeated',
    source: 'RFC 9110 §8.3.1, §5.2; proxies that add a second field',
    from: servers,
  },
  'stream-noise': {
    accepts: 'an event of the response to one request that is not a JSON object or array is skipped',
    source: 'the official TypeScript client; servers that send a heartbeat as data',
    from: servers,
  },
  'accepted-request': {
    accepts: 'a request with status 202 may have its reply on the open notification stream',
    source: 'the official TypeScript and Python clients, which match replies by id',
    from: servers,
  },
  'odd-session-id': {
    accepts: 'an empty session id counts as absent; an id has up to 4,096 visible characters',
    source: 'MCP 2025-11-25, Session Management: "a JWT"; the official clients',
    from: servers,
  },
  'issuer-slash': {
    accepts: 'an issuer with or without one slash at its end is the same: its metadata has one address',
    source: 'RFC 8414 §3.1; pydantic writes the URL of an origin with a slash',
    from: servers,
  },
  'trailing-slash': {
    accepts: 'the path of the MCP endpoint may end with a slash',
    source: 'nowledge community#24',
    from: ['client'],
  },
  cookies: {
    accepts: 'cookies of a service are sent back to it for the time of the connection',
    source: 'RFC 6265 §5; load balancers that bind a session to one instance',
    from: servers,
  },
  'lost-session': {
    accepts: 'a refusal that can mean an unknown session opens a new one, once, and repeats the request',
    source: 'MCP 2025-11-25, Session Management; mastra PR 15160, fastmcp#121, agentgateway#3622',
    from: servers,
  },
  'refused-stream': {
    accepts: 'a notification stream that was open once is reopened, whatever its refusal',
    source: 'render-mcp-server#26, LibreChat PR 14816',
    from: servers,
  },
  'unanswered-notification': {
    accepts: 'a notification without an HTTP response does not delay the start',
    source: 'MCP 2025-11-25, Streamable HTTP, "Sending Messages to the Server"',
    from: servers,
  },
} as const satisfies Readonly<Record<string, Tolerance>>;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
/** White space of JSON (RFC 8259 §2). */
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Returns the offset behind a byte order mark; 0 without one. */
export const textStart = (bytes: Uint8Array): number =>
  bytes[0] === BYTE_ORDER_MARK[0] && bytes[1] === BYTE_ORDER_MARK[1] && bytes[2] === BYTE_ORDER_MARK[2] ? 3 : 0;

/** Returns the bytes without a byte order mark at their start. */
export const withoutMark = (bytes: Uint8Array): Uint8Array => (textStart(bytes) === 0 ? bytes : bytes.subarray(3));

/** Returns a path or a URL without one slash at its end. */
export const withoutTrailingSlash = (text: string): string => (text.endsWith('/') ? text.slice(0, -1) : text);

/** Tells whether a member has the value null. */
export const isNull = (value: RawJson | undefined): boolean => value?.text === 'null';

/** Tells whether a member counts as absent: null, or an array without items. */
export function countsAsAbsent(value: RawJson): boolean {
  const { bytes } = value;
  if (bytes[0] !== OPEN_BRACKET) return isNull(value);
  return bytes[bytes.length - 1] === CLOSE_BRACKET && value.text.slice(1, -1).trim() === '';
}

/** Optional members of `params` that are objects or a cursor. */
const OPTIONAL_MEMBERS = ['_meta', 'arguments', 'cursor'] as const;

/** Returns the parameters without optional members that count as absent; the same object if it has none. */
export function withoutEmptyMembers(params: McpParams): McpParams {
  let changed: Map<string, RawJson> | undefined;
  for (const name of OPTIONAL_MEMBERS) {
    const value = params.get(name);
    // An object is not read: it may be large.
    if (value !== undefined && value.bytes[0] !== OPEN_BRACE && countsAsAbsent(value))
      (changed ??= new Map(params)).delete(name);
  }
  return changed ?? params;
}

/** Returns a safe integer that is written as a number or as text of at most 16 digits; undefined for any other value. */
export function integerOf(written: unknown): number | undefined {
  const value = typeof written === 'string' && /^-?\d{1,16}$/.test(written) ? Number(written) : written;
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** Returns whether bytes can be a message: their first character besides white space opens an object or an array. */
export function canBeMessage(bytes: Uint8Array): boolean {
  let at = textStart(bytes);
  while (at < bytes.length && SPACES.has(bytes[at] ?? 0)) at += 1;
  return bytes[at] === OPEN_BRACE || bytes[at] === OPEN_BRACKET;
}

/** Returns the media type of a header field in lower case, without parameters; empty if it has none or two that differ. */
export function mediaType(field: string | undefined): string {
  const types = (field ?? '').split(',').map((each) => (each.split(';')[0] ?? '').trim().toLowerCase());
  const [first = '', ...others] = types;
  return others.every((other) => other === first) ? first : '';
}

/** Returns the number of this side that a peer sends back as a number or as text; undefined for any other value. */
export function ownNumber(text: string | undefined): number | undefined {
  if (text === undefined || text.length > 64) return undefined;
  const written: unknown = text.charCodeAt(0) === QUOTE ? JSON.parse(text) : text;
  const value = typeof written === 'string' && /^\d{1,16}(\.0*)?$/.test(written) ? Number(written) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

/** Methods whose result has no content, so that any result means success. */
export const EMPTY_RESULT_METHODS: ReadonlySet<string> = new Set([
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);
export const EMPTY_RESULT = RawJson.fromText('{}');

/** Returns the JSON text of an id for a message or a log. */
export const shownId = (id: string | undefined): string => toDisplayText(id ?? 'null', 60);
