import type { McpNotification, McpParams, McpReply, McpRequest, RpcError } from '../domain/mcp/mcp.ts';
import { strictMembers } from '../domain/json/json-members.ts';
import type { RawJson } from '../domain/json/raw-json.ts';

/** One message of JSON-RPC, its parts still as they were written. */
export type RpcMessage =
  | { readonly kind: 'reply'; readonly id: unknown; readonly reply: McpReply }
  | { readonly kind: 'request'; readonly id: string | number; readonly request: McpRequest }
  | { readonly kind: 'notification'; readonly notification: McpNotification };

/** What is no message: why, in words that repeat nothing of it. `id` where it is a reply that is broken beside it. */
export interface InvalidMessage {
  readonly kind: 'broken';
  readonly why: string;
  readonly id?: unknown;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads one message from its bytes. Numbers in results and parameters keep every digit. */
export function readMessage(bytes: Uint8Array): RpcMessage | InvalidMessage {
  try {
    JSON.parse(decoder.decode(bytes));
  } catch {
    return broken('it is not JSON');
  }
  const members = strictMembers(bytes);
  if (members === undefined) return broken('it is no object, names a member twice, or is nested too deeply');
  if (members.get('jsonrpc')?.value !== '2.0') return broken('it is not JSON-RPC 2.0');
  const method = members.get('method');
  return method === undefined ? readReply(members) : readAsked(members, method.value);
}

function readReply(members: ReadonlyMap<string, RawJson>): RpcMessage | InvalidMessage {
  const id = members.get('id')?.value;
  const result = members.get('result');
  const error = members.get('error');
  if (result !== undefined && error !== undefined) return broken('it has both a result and an error', id);
  if (error !== undefined) {
    const read = readError(error.value);
    return read === undefined ? broken('its error is none', id) : { kind: 'reply', id, reply: { error: read } };
  }
  if (result === undefined) return broken('it has neither a method nor a result nor an error', id);
  const inside = strictMembers(result.bytes);
  if (inside === undefined) return broken('its result is no sound object', id);
  const isError = inside.get('isError')?.value === true;
  return { kind: 'reply', id, reply: isError ? { result, isError } : { result } };
}

function readError(value: unknown): RpcError | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { code, message, data } = value as Readonly<Record<string, unknown>>;
  if (typeof code !== 'number' || !Number.isInteger(code) || typeof message !== 'string') return undefined;
  return data === undefined ? { code, message } : { code, message, data };
}

function readAsked(members: ReadonlyMap<string, RawJson>, method: unknown): RpcMessage | InvalidMessage {
  if (typeof method !== 'string') return broken('its method is no text');
  const written = members.get('params');
  const params: McpParams | undefined = written === undefined ? new Map() : strictMembers(written.bytes);
  if (params === undefined) return broken('its params are no sound object');
  if (!members.has('id')) return { kind: 'notification', notification: { method, params } };
  const id = members.get('id')?.value;
  if (typeof id !== 'string' && typeof id !== 'number') return broken('its id is neither text nor number');
  return { kind: 'request', id, request: { method, params } };
}

const broken = (why: string, id?: unknown): InvalidMessage =>
  id === undefined ? { kind: 'broken', why } : { kind: 'broken', why, id };
