import type { EncodedMessage } from './message-writer.ts';

/** Writes `text/event-stream` (WHATWG HTML §9.2). */

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const LINE_END = /\r\n|\r|\n/;

/** The fields of one event. */
export interface SseEventFields {
  readonly id?: string;
  /** The reader uses `message` if it is absent. */
  readonly event?: string;
  /** Milliseconds before a client should reconnect. */
  readonly retryMs?: number;
  /** Every line of it becomes a `data` line. Without it the reader dispatches no event. */
  readonly data?: string;
}

/** Returns one event as text, its empty line included. */
export function sseEvent({ id, event, retryMs, data }: SseEventFields): string {
  const lines = [
    ...(id === undefined ? [] : [`id: ${oneLine(id)}`]),
    ...(event === undefined ? [] : [`event: ${oneLine(event)}`]),
    ...(retryMs === undefined ? [] : [`retry: ${String(retryMs)}`]),
    ...(data === undefined ? [] : data.split(LINE_END).map((line) => `data: ${line}`)),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** Returns a comment, which readers ignore. It keeps a connection from idling. */
export const sseComment = (text: string): string => `: ${oneLine(text)}\n\n`;

/**
 * Returns a JSON message as one event, in the parts of the message. Line ends of JSON are white space and become blanks:
 * the body is copied only if it has one.
 */
export function sseMessage({ head, body, tail }: EncodedMessage, id?: string): EncodedMessage {
  const idLine = id === undefined ? '' : `id: ${oneLine(id)}\n`;
  return { head: `event: message\n${idLine}data: ${head}`, body: withoutLineEnds(body), tail: `${tail}\n\n` };
}

/** A line end in a field would begin another field. */
const oneLine = (value: string): string => value.replace(/[\r\n\0]/g, ' ');

function withoutLineEnds(body: Uint8Array): Uint8Array {
  if (!body.includes(LINE_FEED) && !body.includes(CARRIAGE_RETURN)) return body;
  return body.map((byte) => (byte === LINE_FEED || byte === CARRIAGE_RETURN ? SPACE : byte));
}
