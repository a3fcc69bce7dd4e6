import type { ServerResponse } from 'node:http';
import type { Accepted } from './accepted.ts';
import { eventFrame, type RpcFrame } from './rpc-frame.ts';

/** Up to here one buffer is cheaper than three writes. */
const ONE_BUFFER = 64 * 1024;
const MOST_UNREAD = 1024 * 1024;
const KEEP_ALIVE_MS = 15_000;

/**
 * Writes the answer to one POST. It is plain JSON, unless something is said before it and the client reads streams: then it
 * is the last event of one. Nothing is written for a client that has gone, and one that does not read is let go.
 */
export class ReplyWriter {
  readonly #res: ServerResponse;
  readonly #accepted: Accepted;
  #keepAlive: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(res: ServerResponse, accepted: Accepted) {
    this.#res = res;
    this.#accepted = accepted;
  }

  /** Drops what comes too late, and what the client could not read. */
  notify(frame: RpcFrame): void {
    if (this.#ended || !this.#accepted.stream || this.#res.destroyed) return;
    this.#openStream();
    this.#write(eventFrame(frame));
    if (this.#res.writableLength > MOST_UNREAD) this.#res.destroy();
  }

  /** Once. A stream that has begun has its status already; without a frame there is no body. */
  end(status: number, frame: RpcFrame | undefined): void {
    this.#ended = true;
    clearInterval(this.#keepAlive);
    if (this.#res.destroyed) return;
    if (frame === undefined) {
      if (!this.#res.headersSent) this.#res.writeHead(status, { 'content-length': 0 });
      this.#res.end();
      return;
    }
    if (this.#accepted.json && !this.#res.headersSent) {
      const length = Buffer.byteLength(frame.head) + frame.body.length + frame.tail.length;
      this.#res.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
      this.#end(frame, length);
      return;
    }
    this.#openStream(status);
    const event = eventFrame(frame);
    this.#end(event, Buffer.byteLength(event.head) + event.body.length + event.tail.length);
  }

  #openStream(status = 200): void {
    if (this.#res.headersSent) return;
    this.#res.writeHead(status, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.#res.once('close', () => {
      clearInterval(this.#keepAlive);
    });
    if (this.#ended) return;
    this.#keepAlive = setInterval(() => {
      this.#res.write(': \n\n');
    }, KEEP_ALIVE_MS).unref();
  }

  #write({ head, body, tail }: RpcFrame): void {
    this.#res.cork();
    this.#res.write(head);
    this.#res.write(body);
    this.#res.write(tail);
    this.#res.uncork();
  }

  #end(frame: RpcFrame, length: number): void {
    if (length > ONE_BUFFER) {
      this.#write(frame);
      this.#res.end();
      return;
    }
    const whole = Buffer.allocUnsafe(length);
    const from = whole.write(frame.head);
    whole.set(frame.body, from);
    whole.write(frame.tail, from + frame.body.length);
    this.#res.end(whole.toString('latin1'), 'latin1');
  }
}
