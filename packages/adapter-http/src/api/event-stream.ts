import { type AuditEvent, type Runtime, ClarityError, type AuditReplay, type Caller } from '@clarity-runtime/core';
import { FairPool, principalKey } from '@clarity-runtime/core/internal';
import type { StoredEvent } from '@clarity-runtime/core/ports';
import type { ServerResponse } from 'node:http';
import { sseComment, sseEvent } from '@clarity-runtime/core/protocol';
import type { StreamReply } from '../http/response.ts';

/** Buffers a bounded number of events until a consumer is attached, and then forwards each event. */
export class EventBuffer {
  readonly #capacity: number;
  readonly #unsubscribe: () => void;
  readonly #buffered: AuditEvent[] = [];
  #missed = 0;
  #consumer: ((event: AuditEvent) => void) | undefined;

  constructor(runtime: Runtime, capacity: number) {
    this.#capacity = capacity;
    this.#unsubscribe = runtime.on('audited', (event) => {
      if (this.#consumer !== undefined) this.#consumer(event);
      else if (this.#buffered.length < this.#capacity) this.#buffered.push(event);
      else this.#missed += 1;
    });
  }

  /** Forwards the buffered and all later events to `consumer`. Returns the number of events that exceeded the buffer. */
  handOver(consumer: (event: AuditEvent) => void): number {
    this.#consumer = consumer;
    for (const event of this.#buffered.splice(0)) consumer(event);
    return this.#missed;
  }

  close(): void {
    this.#unsubscribe();
    this.#buffered.length = 0;
  }
}

/** Milliseconds after which a browser reconnects (WHATWG HTML §9.2, field `retry`). */
const RETRY_MS = 2_000;

/** The first bytes of a stream. */
export const OPENING = sseEvent({ retryMs: RETRY_MS });
/** A comment that keeps the connection alive. */
export const HEARTBEAT = sseComment('ping');

/** Returns one event as `text/event-stream`. Neither JSON nor the escaped kind nor the cursor contains a line break. */
export const eventFrame = ({ event, cursor }: StoredEvent): string =>
  sseEvent({
    id: cursor,
    event: event.kind.replace(/[^\x21-\x7e]/g, '_'),
    data: JSON.stringify(event),
  });

/** Returns the event for lost events. It has no id, so that the client can request them with its last id. */
export const droppedFrame = (data: { readonly missed: number } | { readonly reason: string }): string =>
  sseEvent({ event: 'dropped', data: JSON.stringify(data) });

/** Time for a disconnected client to read the pending bytes. */
const LINGER_MS = 2_000;
/** Time without a read during the replay, after which a client is disconnected. */
const REPLAY_TIMEOUT_MS = 10_000;

export interface StreamLimits {
  readonly eventHeartbeatMs: number;
  readonly maxEventBacklogBytes: number;
}

/** The stream of one client. A client that reads too slowly is disconnected, so that memory is bounded. */
export class AuditEventStream {
  readonly #res: ServerResponse;
  readonly #limits: StreamLimits;
  readonly #onTooSlow: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #isOver = false;

  /** Starts the response. `onTooSlow` is called when the client is disconnected. */
  constructor(res: ServerResponse, limits: StreamLimits, onTooSlow: () => void = () => undefined) {
    this.#res = res;
    this.#limits = limits;
    this.#onTooSlow = onTooSlow;
    // The connection ends with the stream, so that the close of the server does not wait for it.
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

  send(event: StoredEvent): void {
    this.#write(eventFrame(event));
  }

  /** Sends an event. Resolves when the buffer has room for the next event, or when the stream has ended. */
  async sendPaced(event: StoredEvent): Promise<void> {
    if (this.#isOver) return;
    const bytes = Buffer.from(eventFrame(event));
    this.#res.write(bytes);
    if (this.#res.writableLength > this.#limits.maxEventBacklogBytes / 2) await this.#drained();
  }

  /** Reports events that the client does not get. */
  dropped(data: Parameters<typeof droppedFrame>[0]): void {
    this.#write(droppedFrame(data));
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
    else this.#disconnect();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#res.off('drain', go).off('close', go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#disconnect();
        go();
      }, REPLAY_TIMEOUT_MS).unref();
      this.#res.once('drain', go).once('close', go);
    });
  }

  #disconnect(): void {
    this.#onTooSlow();
    this.#res.write(
      Buffer.from(droppedFrame({ reason: 'read too slowly; reconnect with Last-Event-ID for the rest' })),
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

/** Number of past events for a new client, and the maximum for a client with `Last-Event-ID`. */
const REPLAYED = 100;
const MAX_REPLAYED = 1_000;
/** A longer `Last-Event-ID` is not a cursor. */
const MAX_CURSOR_LENGTH = 256;

/** All event streams. Their number is limited; they end when the runtime or the server closes. */
export class AuditEventStreams {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits & { readonly maxEventStreams: number };
  readonly #open = new Set<AuditEventStream>();
  readonly #pool: FairPool;
  #isClosing = false;

  constructor(runtime: Runtime, limits: StreamLimits & { readonly maxEventStreams: number }, closing?: AbortSignal) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#pool = new FairPool(limits.maxEventStreams);
    const end = (): void => {
      this.#isClosing = true;
      for (const stream of this.#open) stream.end();
    };
    runtime.on('runtime.closing', end);
    closing?.addEventListener('abort', end, { once: true });
  }

  /** The number of open streams. */
  get size(): number {
    return this.#pool.count;
  }

  /** Opens a stream. Rejects with TOO_MANY_STREAMS, SHUTTING_DOWN or GRANT_REQUIRED before the response starts. */
  async watch(caller: Caller, lastEventId: string | undefined): Promise<StreamReply> {
    let evict = (): void => undefined;
    let isEvicted = false;
    const release = this.#take(caller, () => {
      isEvicted = true;
      evict();
    });
    // The buffer starts before the replay is read, so that no event is lost between them.
    const meanwhile = new EventBuffer(this.#runtime, MAX_REPLAYED);
    try {
      const after = lastEventId === '' ? undefined : lastEventId?.slice(0, MAX_CURSOR_LENGTH);
      const limit = after === undefined ? REPLAYED : MAX_REPLAYED;
      const past = await this.#runtime.audit.replay(caller, after, limit);
      return {
        stream: (req, res) => {
          const stream = new AuditEventStream(res, this.#limits, () => {
            this.#runtime.limits.count('stream.too_slow');
          });
          this.#open.add(stream);
          evict = () => {
            stream.end();
          };
          const over = (): void => {
            meanwhile.close();
            stream.end();
            this.#open.delete(stream);
            release();
          };
          res.once('close', over);
          if (res.closed) over();
          else if (req.method === 'HEAD' || this.#isClosing || isEvicted) stream.end();
          else void this.#show(stream, past, meanwhile);
        },
      };
    } catch (error) {
      meanwhile.close();
      release();
      throw error;
    }
  }

  /** Sends past events at the speed of the client, then the buffered events, then new events. */
  async #show(stream: AuditEventStream, past: AuditReplay, meanwhile: EventBuffer): Promise<void> {
    if (past.isReset) stream.dropped({ reason: 'the position is not known; the newest events follow' });
    if (past.missed > 0) stream.dropped({ missed: past.missed });
    for (const event of past.items) await stream.sendPaced(event);
    const { audit } = this.#runtime;
    const shown = new Set(past.items.map(({ event }) => event.id));
    const missed = meanwhile.handOver((event) => {
      if (!shown.has(event.id)) stream.send({ event, cursor: audit.cursorOf(event) });
    });
    if (missed > 0) stream.dropped({ missed });
  }

  #take(caller: Caller, evict: () => void): () => void {
    if (this.#isClosing) throw new ClarityError('SHUTTING_DOWN', '');
    const release = this.#pool.take(principalKey(caller), evict);
    if (release === undefined) {
      throw new ClarityError('TOO_MANY_STREAMS', `at most ${String(this.#limits.maxEventStreams)}`);
    }
    return release;
  }
}
