import type { ServerResponse } from 'node:http';
import { sseComment, sseEvent, sseMessage, type EncodedMessage } from '@clarity-runtime/core/protocol';
import { setCommonHeaders, writeJsonHead } from '../http/response.ts';
import type { EventSink } from './event-store.ts';

/** Messages up to this size are written in one buffer. */
const MAX_JOINED_BYTES = 64 * 1024;
const MAX_UNREAD_BYTES = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;
const RETRY_MS = 1_000;
const KEEP_ALIVE = sseComment('');

export interface SseOptions {
  readonly status?: number;
  readonly onTooSlow?: () => void;
}

/** One response as an event stream. Comments keep it alive; a client with more than 1 MiB unread is disconnected. */
export class SseResponse implements EventSink {
  readonly #res: ServerResponse;
  readonly #onTooSlow: () => void;
  #keepAlive: NodeJS.Timeout | undefined;

  /** Writes the head of the response. */
  constructor(res: ServerResponse, { status = 200, onTooSlow = () => undefined }: SseOptions = {}) {
    this.#res = res;
    this.#onTooSlow = onTooSlow;
    if (res.destroyed) return;
    setCommonHeaders(res);
    res.writeHead(status, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.#keepAlive = setInterval(() => {
      if (!res.destroyed) res.write(KEEP_ALIVE);
    }, KEEP_ALIVE_MS).unref();
    res.once('close', () => {
      clearInterval(this.#keepAlive);
    });
  }

  /** Sends an event without data, from which the client can resume, and the time before it reconnects. */
  prime(id: string): void {
    if (!this.#res.destroyed) this.#res.write(sseEvent({ id, retryMs: RETRY_MS, data: '' }));
  }

  /** Sends the head of the response before the first event. */
  flush(): void {
    if (!this.#res.destroyed) this.#res.flushHeaders();
  }

  event(message: EncodedMessage, id?: string): void {
    if (this.#res.destroyed) return;
    // One message may be larger than the limit: it counts messages that the client leaves unread.
    if (this.#res.writableLength > MAX_UNREAD_BYTES) {
      this.#onTooSlow();
      this.#res.destroy();
      return;
    }
    writeParts(this.#res, sseMessage(message, id));
  }

  end(last?: EncodedMessage): void {
    clearInterval(this.#keepAlive);
    if (this.#res.destroyed) return;
    if (last === undefined) this.#res.end();
    else endWith(this.#res, sseMessage(last));
  }
}

/** Writes the last message and ends the response, in one write if the message is small. */
function endWith(res: ServerResponse, message: EncodedMessage): void {
  const text = joinedText(message);
  if (text !== undefined) res.end(text, 'latin1');
  else {
    writeParts(res, message);
    res.end();
  }
}

/** Writes a response whose body is one message. */
export function endWithJson(res: ServerResponse, status: number, message: EncodedMessage): void {
  const text = joinedText(message);
  writeJsonHead(res, status, text?.length ?? lengthOf(message));
  if (text === undefined) writeParts(res, message);
  else {
    // `end` with a text makes two buffers, the second one empty, and a call to write several buffers. `write` waits for
    // more texts until the end of this turn, so that it is told to send what it has.
    res.write(text, 'latin1');
    res.socket?.uncork();
  }
  res.end();
}

/** Returns the bytes of a small message as characters; undefined for a large one. */
function joinedText({ head, body, tail }: EncodedMessage): string | undefined {
  const length = Buffer.byteLength(head) + body.length + Buffer.byteLength(tail);
  if (length > MAX_JOINED_BYTES) return undefined;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  const isAscii = length === head.length + body.length + tail.length;
  return isAscii ? `${head}${bytes}${tail}` : `${bytesOf(head)}${bytes}${bytesOf(tail)}`;
}

const lengthOf = ({ head, body, tail }: EncodedMessage): number =>
  Buffer.byteLength(head) + body.length + Buffer.byteLength(tail);

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

function writeParts(res: ServerResponse, { head, body, tail }: EncodedMessage): void {
  res.cork();
  res.write(head);
  res.write(body);
  res.write(tail);
  res.uncork();
}
