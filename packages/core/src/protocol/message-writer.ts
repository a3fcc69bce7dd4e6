import type { McpNotification, McpParams, McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';

const encoder = new TextEncoder();

export const requestBytes = (id: number, { method, params }: McpRequest): Uint8Array =>
  joined([`{"jsonrpc":"2.0","id":${String(id)},"method":${JSON.stringify(method)},"params":`, objectOf(params), '}']);

export const notificationBytes = ({ method, params }: McpNotification): Uint8Array =>
  joined([`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":`, objectOf(params), '}']);

export const replyBytes = (id: string | number, reply: McpReply): Uint8Array =>
  'error' in reply
    ? encoder.encode(JSON.stringify({ jsonrpc: '2.0', id, error: reply.error }))
    : joined([`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`, reply.result.bytes, '}']);

/** An object of members that are already written. */
export const rawObject = (members: McpParams): RawJson => RawJson.fromBytes(objectOf(members));

function objectOf(members: McpParams): Uint8Array {
  const parts: (string | Uint8Array)[] = [];
  for (const [name, value] of members) {
    parts.push(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`, value.bytes);
  }
  return parts.length === 0 ? encoder.encode('{}') : joined([...parts, '}']);
}

function joined(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const bytes = new Uint8Array(encoded.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of encoded) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
