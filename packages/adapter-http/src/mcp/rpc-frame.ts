import type { McpNotification, McpReply, McpRequest } from '@clarity-runtime/core';

/** One JSON-RPC message to be written: what travels through is `body`, byte for byte, and the rest is ours. */
export interface EncodedMessage {
  readonly head: string;
  readonly body: Uint8Array;
  readonly tail: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** The answer to the request of that id; without one to a message that had none that could be read. */
export function replyFrame(id: string | undefined, reply: McpReply): EncodedMessage {
  const named = id === undefined ? '{"jsonrpc":"2.0"' : `{"jsonrpc":"2.0","id":${id}`;
  return 'error' in reply
    ? { head: `${named},"error":`, body: Buffer.from(JSON.stringify(reply.error)), tail: '}' }
    : { head: `${named},"result":`, body: reply.result.bytes, tail: '}' };
}

/** A request of the gateway to its client; the id is JSON text. */
export const requestFrame = (id: string, request: McpRequest): EncodedMessage => messageFrame(`"id":${id},`, request);

export const notificationFrame = (notification: McpNotification): EncodedMessage => messageFrame('', notification);

function messageFrame(id: string, { method, params }: McpRequest): EncodedMessage {
  const head = `{"jsonrpc":"2.0",${id}"method":${JSON.stringify(method)}`;
  if (params.size === 0) return { head, body: Buffer.of(), tail: '}' };
  const members = [...params].map(([name, { text }]) => `${JSON.stringify(name)}:${text}`);
  return { head: `${head},"params":{`, body: Buffer.from(members.join(',')), tail: '}}' };
}

/** The answers to a batch, in one array. */
export function batchFrame(frames: readonly EncodedMessage[]): EncodedMessage {
  const parts = frames.flatMap(({ head, body, tail }, i) => [
    Buffer.from(i === 0 ? head : `,${head}`),
    body,
    Buffer.from(tail),
  ]);
  return { head: '[', body: Buffer.concat(parts), tail: ']' };
}

/** The frame as one event of an SSE stream. Line ends in JSON are white space, and in an event they would end its line. */
export function eventFrame({ head, body, tail }: EncodedMessage, id?: string): EncodedMessage {
  const named = id === undefined ? '' : `id: ${id}\n`;
  return { head: `event: message\n${named}data: ${head}`, body: oneLine(body), tail: `${tail}\n\n` };
}

function oneLine(body: Uint8Array): Uint8Array {
  if (!body.includes(LINE_FEED) && !body.includes(CARRIAGE_RETURN)) return body;
  return body.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte));
}
