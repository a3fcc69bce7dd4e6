import { type AuditEvent, type Runtime, ClarityError, type AuditReplay, type Caller } from '@clarity-runtime/core';
import type { ServerResponse } from 'node:http';
import { sseComment, sseEvent } from '@clarity-runtime/core/protocol';
import type { StreamReply } from '../http/response.ts';

/** Keeps a bounded number of events until somebody takes them, and then hands on each as it comes. */
export class EventBuffer {
  readonly #most: number;
  readonly #off: () => void;
  readonly #kept: AuditEvent[] = [];
  #missed = 0;
  #taker: ((event: AuditEvent) => void) | undefined;

  constructor(runtime: Runtime, most: number) {
    this.#most = most;
    this.#off = runtime.on('audited', (event) => {
      if (this.#taker !== undefined) this.#taker(event);
      else if (this.#kept.length < this.#most) this.#kept.push(event);
      else this.#missed += 1;
    });
  }

  /** From now on each event goes to `taker`, those that were kept first; how many there was no room for. */
  handOver(taker: (event: AuditEvent) => void): number {
    this.#taker = taker;
    for (const event of this.#kept.splice(0)) taker(event);
    return this.#missed;
  }

  close(): void {
    this.#off();
    this.#kept.length = 0;
  }
}

/** Milliseconds after which a browser that lost the stream comes back. */
const RETRY_MS = 2_000;

/** What a stream begins with. */
export const OPENING = sseEvent({ retryMs: RETRY_MS });
/** Shows both sides that the other is there. */
export const HEARTBEAT = sseComment('ping');

/** One event as a frame of `text/event-stream`. JSON holds no line end, and a kind is cut to what cannot hold one. */
export const eventFrame = (event: AuditEvent): string =>
  sseEvent({
    id: String(event.seq),
    event: event.kind.replace(/[^\x21-\x7e]/g, '_'),
    data: JSON.stringify(event),
  });

/** Tells a reader that events are missing. It has no id, so that the reader may ask for them by the last one that it saw. */
export const droppedFrame = (data: { readonly missed: number } | { readonly reason: string }): string =>
  sseEvent({ event: 'dropped', data: JSON.stringify(data) });

/** What waits for a reader that was cut is given this long to be read, in milliseconds. */
const LINGER_MS = 2_000;
/** A reader of the past who takes nothing for this long is cut, in milliseconds. */
const PATIENCE_MS = 10_000;

export interface StreamLimits {
  readonly eventHeartbeatMs: number;
  readonly maxEventBacklogBytes: number;
}

/** One client that watches events. A reader that falls too far behind is told so and cut: memory is bounded. */
export class AuditEventStream {
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

/** Events that a new reader is shown of the past, and the most that one who comes back is. */
const REPLAYED = 100;
const MAX_REPLAYED = 1_000;

/** All clients that watch events: bounded in number, told what they missed, sent home when the runtime or its server closes. */
export class AuditEventStreams {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits & { readonly maxEventStreams: number };
  readonly #open = new Set<AuditEventStream>();
  #taken = 0;
  #isClosing = false;

  constructor(runtime: Runtime, limits: StreamLimits & { readonly maxEventStreams: number }, closing?: AbortSignal) {
    this.#runtime = runtime;
    this.#limits = limits;
    const end = (): void => {
      this.#isClosing = true;
      for (const stream of this.#open) stream.end();
    };
    runtime.on('runtime.closing', end);
    closing?.addEventListener('abort', end, { once: true });
  }

  /** How many are open. */
  get size(): number {
    return this.#taken;
  }

  /** Refuses with TOO_MANY_STREAMS, SHUTTING_DOWN, GRANT_REQUIRED before anything is written. */
  async watch(caller: Caller, lastEventId: string | undefined): Promise<StreamReply> {
    const release = this.#take();
    // Listening begins before the past is read, so that nothing falls between the two.
    const meanwhile = new EventBuffer(this.#runtime, MAX_REPLAYED);
    try {
      const after = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
      const limit = after === undefined ? REPLAYED : MAX_REPLAYED;
      const past = await this.#runtime.audit.replay(caller, after, limit);
      return {
        stream: (req, res) => {
          const stream = new AuditEventStream(res, this.#limits, () => {
            this.#runtime.limits.count('stream.too_slow');
          });
          this.#open.add(stream);
          const over = (): void => {
            meanwhile.close();
            stream.end();
            this.#open.delete(stream);
            release();
          };
          res.once('close', over);
          if (res.closed) over();
          else if (req.method === 'HEAD' || this.#isClosing) stream.end();
          else void this.#show(stream, past, meanwhile);
        },
      };
    } catch (error) {
      meanwhile.close();
      release();
      throw error;
    }
  }

  /** The past at the reader's pace, then what happened meanwhile, then the present as it comes. */
  async #show(stream: AuditEventStream, past: AuditReplay, meanwhile: EventBuffer): Promise<void> {
    if (past.missed > 0) stream.missed(past.missed);
    for (const event of past.items) await stream.sendPaced(event);
    const shown = past.items.at(-1)?.seq ?? 0;
    const missed = meanwhile.handOver((event) => {
      if (event.seq > shown) stream.send(event);
    });
    if (missed > 0) stream.missed(missed);
  }

  #take(): () => void {
    if (this.#isClosing) throw new ClarityError('SHUTTING_DOWN', '');
    const { maxEventStreams } = this.#limits;
    if (this.#taken >= maxEventStreams)
      throw new ClarityError('TOO_MANY_STREAMS', `at most ${String(maxEventStreams)}`);
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}
