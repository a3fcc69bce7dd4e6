import type { McpNotification, McpParams, McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import { encodeUtf8, joined } from '../domain/json/utf8.ts';
import { RecentTexts } from './recent-texts.ts';

/**
 * One message of JSON-RPC 2.0 in three parts. `body` is the payload, byte for byte and not copied if it is a result;
 * head and tail are written by the runtime.
 */
export interface EncodedMessage {
  readonly head: string;
  readonly body: Uint8Array;
  readonly tail: string;
}

const NO_BYTES = new Uint8Array();

/** The response to a request. `id` is JSON text; without it the response belongs to a message whose id cannot be read. */
export function encodeReply(id: string | undefined, reply: McpReply): EncodedMessage {
  const start = id === undefined ? '{"jsonrpc":"2.0"' : `{"jsonrpc":"2.0","id":${id}`;
  return 'error' in reply
    ? { head: `${start},"error":`, body: encodeUtf8(JSON.stringify(reply.error)), tail: '}' }
    : { head: `${start},"result":`, body: reply.result.bytes, tail: '}' };
}

/** A request; `id` is JSON text. Empty parameters are left out. */
export const encodeRequest = (id: string, request: McpRequest): EncodedMessage => encodeCall(`"id":${id},`, request);

/** A notification. Empty parameters are left out. */
export const encodeNotification = (notification: McpNotification): EncodedMessage => encodeCall('', notification);

function encodeCall(id: string, { method, params }: McpRequest): EncodedMessage {
  const head = `{"jsonrpc":"2.0",${id}"method":${JSON.stringify(method)}`;
  if (params.size === 0) return { head, body: NO_BYTES, tail: '}' };
  return { head: `${head},"params":{`, body: joined(memberParts(params)), tail: '}}' };
}

/** The responses to a batch in one array (JSON-RPC 2.0 §6). */
export function encodeBatch(replies: readonly EncodedMessage[]): EncodedMessage {
  const parts = replies.flatMap(({ head, body, tail }, i) => [
    encodeUtf8(i === 0 ? head : `,${head}`),
    body,
    encodeUtf8(tail),
  ]);
  return { head: '[', body: joined(parts), tail: ']' };
}

/** The bytes of a request to a server. `params` is always present: some servers require it. */
export const requestBytes = (id: number, { method, params }: McpRequest): Uint8Array =>
  callBytes([encodeUtf8(`{"jsonrpc":"2.0","id":${String(id)},`), methods.of(method)], params);

/** The bytes of a notification to a server. `params` is always present. */
export const notificationBytes = ({ method, params }: McpNotification): Uint8Array =>
  callBytes([START, methods.of(method)], params);

/** The bytes of a response; `id` is JSON text. */
export function replyBytes(id: string | undefined, reply: McpReply): Uint8Array {
  const { head, body, tail } = encodeReply(id, reply);
  return joined([encodeUtf8(head), body, encodeUtf8(tail)]);
}

function callBytes(parts: Uint8Array[], params: McpParams): Uint8Array {
  for (const [name, { bytes }] of params) {
    parts.push(parts.length > HEAD_PARTS ? laterNames.of(name) : firstNames.of(name), bytes);
  }
  parts.push(END_OF_CALL);
  return joined(parts);
}

/** Texts that every request repeats, such as the names of its members, with the bytes that are written for them. */
class EncodedTexts {
  readonly #known = new RecentTexts<Uint8Array>(64, 64);
  readonly #write: (text: string) => string;

  constructor(write: (text: string) => string) {
    this.#write = write;
  }

  of(text: string): Uint8Array {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    // A copy: the memory of `encodeUtf8` is shared with other texts.
    const bytes = encodeUtf8(this.#write(text)).slice();
    this.#known.keep(text, bytes);
    return bytes;
  }
}

const START = encodeUtf8('{"jsonrpc":"2.0",').slice();
/** Parts before the parameters: the start and the method. */
const HEAD_PARTS = 2;
const END_OF_CALL = encodeUtf8('}}').slice();
const methods = new EncodedTexts((method) => `"method":${JSON.stringify(method)},"params":{`);
const firstNames = new EncodedTexts((name) => `${JSON.stringify(name)}:`);
const laterNames = new EncodedTexts((name) => `,${JSON.stringify(name)}:`);

/** Returns the bytes of members without braces. */
function memberParts(members: McpParams): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const [name, { bytes }] of members) {
    parts.push((parts.length === 0 ? firstNames : laterNames).of(name), bytes);
  }
  return parts;
}
