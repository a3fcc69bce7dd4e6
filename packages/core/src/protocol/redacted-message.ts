import { membersOf, objectOf } from '../domain/json/json-members.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import { readMessage, type JsonRpcMessage } from './message-reader.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Member of `_meta` of a result from which values of the service were removed. */
export const REDACTED_META = 'clarity/redacted';

/** Reads a message of a service; without its credentials if it has any. */
export const readFromServer = (bytes: Uint8Array, redactJson?: (json: string) => string): JsonRpcMessage =>
  redactJson === undefined ? readMessage(bytes, 'server') : readRedacted(bytes, redactJson);

/** Reads a message of a service without its credentials. A result that changed has `clarity/redacted` in `_meta`. */
export function readRedacted(bytes: Uint8Array, redactJson: (json: string) => string): JsonRpcMessage {
  const json = textOf(bytes);
  const clean = json === undefined ? undefined : redactJson(json);
  if (clean === undefined || clean === json) return readMessage(bytes, 'server');
  const message = readMessage(encoder.encode(clean), 'server');
  if (message.kind !== 'reply' || 'error' in message.reply) return message;
  const members = membersOf(message.reply.result);
  const meta = members.get('_meta');
  const marked = new Map(meta === undefined ? [] : membersOf(meta)).set(REDACTED_META, RawJson.of(true));
  const result = objectOf(new Map(members).set('_meta', objectOf(marked)));
  return { ...message, reply: { ...message.reply, result } };
}

/** Returns undefined for bytes that are not UTF-8, which the reader rejects. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
