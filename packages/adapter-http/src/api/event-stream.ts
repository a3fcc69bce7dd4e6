import type { ServerResponse } from 'node:http';
import type { AuditEvent } from '@clarity-runtime/core';
import { droppedFrame, eventFrame, HEARTBEAT, OPENING } from './event-frame.ts';

/** What waits for a reader that was cut is given this long to be read, in milliseconds. */
const LINGER_MS = 2_000;
/** A reader of the past who takes nothing for this long is cut, in milliseconds. */
const PATIENCE_MS = 10_000;

export interface StreamLimits {
  readonly eventHeartbeatMs: number;
  readonly maxEventBacklogBytes: number;
}

/** One client that watches events. A reader that falls too far behind is told so and cut: memory is bounded. */
export class EventStream {
  readonly #res: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #tooSlow: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #isOver = false;

  /** Begins the response. `tooSlow` is told when its reader is cut. */
  constructor(res: ServerResponse, limits: StreamLimits, tooSlow: () => void = () => undefined) {
    this.#res = res;
    this.#limits = limits;
    this.#tooSlow = tooSlow;
    // The connection ends with the stream, so that closing the server waits for neither.
    res.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    res.write(OPENING);
    this.#heartbeat = setInterval(() => {
      this.#write(HEARTBEAT);
    }, limits.eventHeartbeatMs).unref();
  }

  send(event: AuditEvent): void {
    this.#write(eventFrame(event));
  }

  /** Sends at the pace of the reader: resolves when there is room for more, or when it is over. */
  async sendPaced(event: AuditEvent): Promise<void> {
    if (this.#isOver) return;
    const bytes = Buffer.from(eventFrame(event));
    this.#res.write(bytes);
    if (this.#res.writableLength > this.#limits.maxEventBacklogBytes / 2) await this.#drained();
  }

  missed(count: number): void {
    this.#write(droppedFrame({ missed: count }));
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#heartbeat);
    this.#res.end();
  }

  #write(frame: string): void {
    if (this.#isOver) return;
    const bytes = Buffer.from(frame);
    if (this.#res.writableLength + bytes.length <= this.#limits.maxEventBacklogBytes) this.#res.write(bytes);
    else this.#cut();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#res.off('drain', go).off('close', go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#cut();
        go();
      }, PATIENCE_MS).unref();
      this.#res.once('drain', go).once('close', go);
    });
  }

  #cut(): void {
    this.#tooSlow();
    this.#res.write(
      Buffer.from(droppedFrame({ reason: 'read too slowly; come back with Last-Event-ID for the rest' })),
    );
    this.end();
    const timer = setTimeout(() => {
      this.#res.destroy();
    }, LINGER_MS).unref();
    this.#res.once('close', () => {
      clearTimeout(timer);
    });
  }
}
