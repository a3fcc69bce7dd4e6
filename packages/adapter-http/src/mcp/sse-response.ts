import type { ServerResponse } from 'node:http';
import { sseComment, sseEvent, sseMessage, type EncodedMessage } from '@clarity-runtime/core/protocol';
import { setCommonHeaders } from '../http/response.ts';
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
    const { head, body, tail } = sseMessage(message, id);
    this.#res.cork();
    this.#res.write(head);
    this.#res.write(body);
    this.#res.write(tail);
    this.#res.uncork();
  }

  end(last?: EncodedMessage): void {
    clearInterval(this.#keepAlive);
    if (this.#res.destroyed) return;
    if (last === undefined) this.#res.end();
    else endWith(this.#res, sseMessage(last));
  }
}

/** Writes the last message and ends the response, in one write if the message is small. */
export function endWith(res: ServerResponse, { head, body, tail }: EncodedMessage): void {
  const length = Buffer.byteLength(head) + body.length + Buffer.byteLength(tail);
  if (length > MAX_JOINED_BYTES) {
    res.cork();
    res.write(head);
    res.write(body);
    res.write(tail);
    res.uncork();
    res.end();
    return;
  }
  const whole = Buffer.allocUnsafe(length);
  const from = whole.write(head);
  whole.set(body, from);
  whole.write(tail, from + body.length);
  res.end(whole.toString('latin1'), 'latin1');
}
