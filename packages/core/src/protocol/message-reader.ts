import { RpcCode, type McpNotification, type McpReply, type McpRequest, type RpcError } from '../domain/mcp/mcp.ts';
import type { RawJson } from '../domain/json/raw-json.ts';
import { withoutFailureMark } from '../domain/mcp/tool-result.ts';
import { scanEnvelope, scanItems, type JsonEnvelope, type JsonMembers, type JsonRefusal } from './json-envelope.ts';
import { countsAsAbsent, integerOf, isNull, withoutEmptyMembers } from './tolerances.ts';

/**
 * The side that has sent a message. The rules for clients are those of the MCP endpoint: an id is a string or an integer of
 * at most 256 bytes, and a response that cannot be used counts as an error response. The rules for servers accept every
 * string and number as id, and check results: `result` and `error` exclude each other, and a result names a member once.
 */
export type MessageSender = 'client' | 'server';

/** A request with its id as JSON text (JSON-RPC 2.0 §4). */
export interface JsonRpcRequest extends McpRequest {
  /** JSON text of the id, as written. */
  readonly id: string;
}

/** A message that cannot be used. */
export interface InvalidMessage {
  readonly kind: 'invalid';
  /** Error for the sender: -32700, -32600, or -32602 if `params` is not an object. */
  readonly error: RpcError;
  /** The cause without the words of the code. It repeats nothing of the message. */
  readonly reason: string;
  /** JSON text of the id, if it can be read. For a server: only of a response, so that its call can fail. */
  readonly id: string | undefined;
  /** The messages of an array that a server sent, 2 to 100. */
  readonly items?: readonly RawJson[];
  /** The message is a response whose only fault is a result that is not an object. */
  readonly hasOddResult?: true;
}

/** One message of JSON-RPC 2.0. Parameters, results and ids keep their bytes. */
export type JsonRpcMessage =
  | { readonly kind: 'request'; readonly request: JsonRpcRequest }
  | { readonly kind: 'notification'; readonly notification: McpNotification }
  | { readonly kind: 'reply'; readonly id: string | undefined; readonly reply: McpReply }
  | InvalidMessage;

const MAX_ID_BYTES = 256;
const MAX_ITEMS = 100;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const NO_PARAMS: JsonMembers = new Map();
const OPENED_MEMBERS: Readonly<Record<MessageSender, readonly string[]>> = {
  client: ['params'],
  server: ['params', 'result'],
};

const REFUSALS: Readonly<Record<JsonRefusal, readonly [code: number, reason: string]>> = {
  'not-json': [RpcCode.parseError, 'the body is not JSON'],
  'not-utf8': [RpcCode.parseError, 'the body is not UTF-8'],
  'too-deep': [RpcCode.parseError, 'nested deeper than 128 levels'],
  'duplicate-member': [RpcCode.invalidRequest, 'duplicate member'],
};

/**
 * Reads one message (JSON-RPC 2.0 §4, §5) in one pass over its bytes, without building values that are passed on.
 * An array of one message of a server is that message; any other array is invalid here. Member names are exact, and unknown
 * members are ignored. `tolerances.ts` lists the deviations that are accepted.
 */
export function readMessage(bytes: Uint8Array, sender: MessageSender): JsonRpcMessage {
  const envelope = scanEnvelope(bytes, OPENED_MEMBERS[sender]);
  return envelope.kind === 'array' && sender === 'server' ? readArray(bytes) : interpretEnvelope(envelope, sender);
}

function readArray(bytes: Uint8Array): JsonRpcMessage {
  const items = scanItems(bytes, MAX_ITEMS);
  if (items === undefined) {
    return invalid(RpcCode.invalidRequest, `an array of more than ${String(MAX_ITEMS)} messages`, undefined);
  }
  const [only, ...others] = items;
  if (only === undefined) return invalid(RpcCode.invalidRequest, 'an empty array of messages', undefined);
  if (others.length === 0) return interpretEnvelope(scanEnvelope(only.bytes, OPENED_MEMBERS.server), 'server');
  return { ...invalid(RpcCode.invalidRequest, 'an array of messages', undefined), items };
}

/** Reads the message of an envelope that was scanned with its `params`, for servers with its `result` too. */
export function interpretEnvelope(envelope: JsonEnvelope, sender: MessageSender): JsonRpcMessage {
  if (envelope.kind === 'refused') return invalid(...REFUSALS[envelope.reason], undefined);
  if (envelope.kind !== 'object') return invalid(RpcCode.invalidRequest, 'a message is one JSON object', undefined);
  const { members } = envelope;
  const method = presentMember(members, 'method');
  const written = idOf(members, method);
  if (sender === 'client' && written !== undefined && !isClientId(written)) {
    return invalid(RpcCode.invalidRequest, ID_RULE.client, undefined);
  }
  const id = written?.text;
  const failedId = sender === 'server' && method !== undefined ? undefined : id;
  if (members.get('jsonrpc')?.value !== '2.0')
    return invalid(RpcCode.invalidRequest, 'jsonrpc must be "2.0"', failedId);
  if (method !== undefined) return readCall(envelope, { method, written, id, sender });
  if (members.has('result') || members.has('error')) {
    return sender === 'client' ? { kind: 'reply', id, reply: clientReply(members) } : serverReply(envelope, id);
  }
  return invalid(RpcCode.invalidRequest, 'method must be a string', id);
}

/** Returns the id as written. A notification has none, so that null counts as absent there (JSON-RPC 2.0 §4.1). */
function idOf(members: JsonMembers, method: RawJson | undefined): RawJson | undefined {
  const written = members.get('id');
  const isOfNotification = isNull(written) && method?.text.startsWith('"notifications/') === true;
  return isOfNotification ? undefined : written;
}

const ID_RULE: Readonly<Record<MessageSender, string>> = {
  client: `id must be a string or an integer of at most ${String(MAX_ID_BYTES)} bytes`,
  server: 'id must be a string or a number',
};

const isClientId = ({ bytes, text }: RawJson): boolean =>
  bytes.length <= MAX_ID_BYTES && (bytes[0] === QUOTE || INTEGER.test(text));

interface Call {
  readonly method: RawJson;
  readonly written: RawJson | undefined;
  readonly id: string | undefined;
  readonly sender: MessageSender;
}

type ObjectEnvelope = Extract<JsonEnvelope, { kind: 'object' }>;

function readCall({ members, inner }: ObjectEnvelope, { method: name, written, id, sender }: Call): JsonRpcMessage {
  const failedId = sender === 'server' ? undefined : id;
  const method = name.value;
  if (typeof method !== 'string') return invalid(RpcCode.invalidRequest, 'method must be a string', failedId);
  const params = withoutEmptyMembers(inner.get('params') ?? NO_PARAMS);
  const given = members.get('params');
  if (params === NO_PARAMS && given !== undefined && !countsAsAbsent(given)) {
    return invalid(RpcCode.invalidParams, 'params must be an object', failedId);
  }
  if (id === undefined || written === undefined) return { kind: 'notification', notification: { method, params } };
  if (sender === 'server' && written.bytes[0] !== QUOTE && typeof written.value !== 'number') {
    return invalid(RpcCode.invalidRequest, ID_RULE.server, undefined);
  }
  return { kind: 'request', request: { id, method, params } };
}

/** The response of a client. A response that cannot be used counts as an error. */
function clientReply(members: JsonMembers): McpReply {
  const result = members.get('result');
  const error = (members.get('error')?.value ?? undefined) as Partial<RpcError> | undefined;
  if (error === undefined && result?.bytes[0] === OPEN_BRACE) return { result };
  const { code, message, data } = error ?? {};
  return {
    error: {
      code: typeof code === 'number' ? code : RpcCode.internalError,
      message: typeof message === 'string' ? message : 'the client gave no answer',
      ...(data === undefined ? {} : { data }),
    },
  };
}

function serverReply({ members, inner }: ObjectEnvelope, id: string | undefined): JsonRpcMessage {
  const error = presentMember(members, 'error');
  const result = error === undefined ? members.get('result') : presentMember(members, 'result');
  if (error === undefined) {
    const opened = inner.get('result');
    if (result === undefined) return invalid(RpcCode.invalidRequest, 'neither a result nor an error', id);
    if (opened === undefined) {
      return { ...invalid(RpcCode.invalidRequest, 'result must be an object', id), hasOddResult: true };
    }
    const isError = opened.get('isError')?.value === true;
    return { kind: 'reply', id, reply: isError ? { result: withoutFailureMark(result), isError } : { result } };
  }
  if (result !== undefined) return invalid(RpcCode.invalidRequest, 'both result and error', id);
  const read = serverError(error.value);
  if (read !== undefined) return { kind: 'reply', id, reply: { error: read } };
  return invalid(RpcCode.invalidRequest, 'error must have an integer code and a string message', id);
}

function presentMember(members: JsonMembers, name: string): RawJson | undefined {
  const value = members.get(name);
  return isNull(value) ? undefined : value;
}

function serverError(value: unknown): RpcError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code: written, message, data } = value as Readonly<Record<string, unknown>>;
  const code = integerOf(written);
  if (code === undefined || typeof message !== 'string') return undefined;
  return data === undefined ? { code, message } : { code, message, data };
}

/** Returns the error -32600 with that reason. */
export const invalidRequest = (reason: string): RpcError => errorOf(RpcCode.invalidRequest, reason);

const CODE_WORDS: ReadonlyMap<number, string> = new Map([
  [RpcCode.parseError, 'parse error: '],
  [RpcCode.invalidRequest, 'invalid request: '],
]);

const errorOf = (code: number, reason: string): RpcError => ({
  code,
  message: `${CODE_WORDS.get(code) ?? ''}${reason}`,
});

const invalid = (code: number, reason: string, id: string | undefined): InvalidMessage => ({
  kind: 'invalid',
  error: errorOf(code, reason),
  reason,
  id,
});

/** Returns the same key for every spelling of one id: `"\u0061"` and `"a"` are one id, `1` and `"1"` are two. */
export const idKey = (id: RawJson): string => (id.bytes[0] === QUOTE ? JSON.stringify(id.value) : id.text);
