import type { ServerResponse } from 'node:http';
import type { EventSink } from './event-store.ts';
import { eventFrame, type EncodedMessage } from './rpc-frame.ts';

const ONE_BUFFER = 64 * 1024;
const MAX_UNREAD = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;
const RETRY_MS = 1_000;

export interface SseOptions {
  readonly status?: number;
  readonly tooSlow?: () => void;
}

/** One response as a stream of events, kept alive by comments. A client that does not read is let go. */
export class SseResponse implements EventSink {
  readonly #res: ServerResponse;
  readonly #tooSlow: () => void;
  #keepAlive: NodeJS.Timeout | undefined;

  /** Writes the head. `tooSlow` is told when the client is let go. */
  constructor(res: ServerResponse, { status = 200, tooSlow = () => undefined }: SseOptions = {}) {
    this.#res = res;
    this.#tooSlow = tooSlow;
    if (res.destroyed) return;
    res.writeHead(status, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.#keepAlive = setInterval(() => {
      if (!res.destroyed) res.write(': \n\n');
    }, KEEP_ALIVE_MS).unref();
    res.once('close', () => {
      clearInterval(this.#keepAlive);
    });
  }

  /** Lets the client know from where it may resume, and after how long. */
  prime(id: string): void {
    if (!this.#res.destroyed) this.#res.write(`id: ${id}\nretry: ${String(RETRY_MS)}\ndata: \n\n`);
  }

  /** Sends the head off before there is an event. */
  flush(): void {
    if (!this.#res.destroyed) this.#res.flushHeaders();
  }

  event(frame: EncodedMessage, id?: string): void {
    if (this.#res.destroyed) return;
    const { head, body, tail } = eventFrame(frame, id);
    this.#res.cork();
    this.#res.write(head);
    this.#res.write(body);
    this.#res.write(tail);
    this.#res.uncork();
    if (this.#res.writableLength <= MAX_UNREAD) return;
    this.#tooSlow();
    this.#res.destroy();
  }

  end(last?: EncodedMessage): void {
    clearInterval(this.#keepAlive);
    if (this.#res.destroyed) return;
    if (last === undefined) this.#res.end();
    else endWith(this.#res, eventFrame(last));
  }
}

/** Writes the last frame and ends, in one piece while that is cheaper. */
export function endWith(res: ServerResponse, { head, body, tail }: EncodedMessage): void {
  const length = Buffer.byteLength(head) + body.length + Buffer.byteLength(tail);
  if (length > ONE_BUFFER) {
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
