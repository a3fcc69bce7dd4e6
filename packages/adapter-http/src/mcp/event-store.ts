import { randomBytes } from 'node:crypto';
import type { EncodedMessage } from '@clarity-runtime/core/protocol';
import type { BudgetedStore, EventAccount, EventBudget } from './event-budget.ts';

/** A response that receives the events of a stream. */
export interface EventSink {
  event(message: EncodedMessage, id: string): void;
  end(): void;
}

interface StoredEvent {
  readonly seq: number;
  readonly message: EncodedMessage;
}

const MAX_BYTES = 1024 * 1024;
const MAX_EVENTS = 512;
const MAX_STREAMS = 64;
const EVENT_ID = /^([0-9a-f]{12})-(\d{1,9})-(\d{1,9})$/;

/**
 * Stores the SSE events of a session, so that a client can resume a stream with `Last-Event-ID`
 * (MCP 2025-11-25, Streamable HTTP, "Resumability and Redelivery"). Bounded to 512 events and 1 MiB; the oldest go first.
 */
export class EventStore implements BudgetedStore {
  // Random for each process: an id of an earlier process is then not found.
  readonly #tag = randomBytes(6).toString('hex');
  readonly #streams = new Map<number, ResumableStream>();
  readonly #order: { readonly stream: ResumableStream; readonly bytes: number }[] = [];
  /** The stream of messages that belong to no request. It ends with the session. */
  readonly standalone: ResumableStream;
  readonly #account: EventAccount | undefined;
  #streamCount = 0;
  #bytes = 0;

  /** `budget` bounds the events of all stores of `principal`. */
  constructor(budget?: EventBudget, principal = '') {
    this.#account = budget?.open(principal, this);
    this.standalone = this.open();
  }

  get bytes(): number {
    return this.#bytes;
  }

  open(): ResumableStream {
    const number = this.#streamCount;
    this.#streamCount += 1;
    const stream = new ResumableStream(`${this.#tag}-${String(number)}`, (bytes) => {
      this.#record(stream, bytes);
    });
    this.#streams.set(number, stream);
    if (this.#streams.size > MAX_STREAMS) {
      const oldest = [...this.#streams].find(([key, { isFinished }]) => key !== 0 && isFinished);
      if (oldest !== undefined) this.#streams.delete(oldest[0]);
    }
    return stream;
  }

  /** Returns the stream of an event and the position of the event; undefined if the stream is not stored any more. */
  find(eventId: string): { readonly stream: ResumableStream; readonly after: number } | undefined {
    const [, tag, number, seq] = EVENT_ID.exec(eventId) ?? [];
    const stream = tag === this.#tag ? this.#streams.get(Number(number)) : undefined;
    return stream === undefined ? undefined : { stream, after: Number(seq) };
  }

  /** Finishes every stream. */
  close(): void {
    for (const stream of this.#streams.values()) stream.finish();
    this.#account?.close();
  }

  forgetHalf(): void {
    const kept = Math.floor(this.#order.length / 2);
    while (this.#order.length > kept) this.#forgetOldest();
  }

  /** Forgets every event. Attached responses continue. */
  forgetAll(): void {
    while (this.#order.length > 0) this.#forgetOldest();
  }

  #record(stream: ResumableStream, bytes: number): void {
    this.#order.push({ stream, bytes });
    this.#bytes += bytes;
    this.#account?.add(bytes);
    while (this.#bytes > MAX_BYTES || this.#order.length > MAX_EVENTS) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#order.shift();
    if (oldest === undefined) return;
    oldest.stream.forgetOldest();
    this.#bytes -= oldest.bytes;
    this.#account?.add(-oldest.bytes);
  }
}

/** The events of one stream. They go to the attached response; without one they are only stored. */
export class ResumableStream {
  readonly #name: string;
  readonly #stored: StoredEvent[] = [];
  readonly #onStored: (bytes: number) => void;
  #sink: EventSink | undefined;
  #seq = 0;
  #isFinished = false;

  constructor(name: string, onStored: (bytes: number) => void) {
    this.#name = name;
    this.#onStored = onStored;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get isAttached(): boolean {
    return this.#sink !== undefined;
  }

  /** Event id of the last event, or of the start of the stream. */
  get position(): string {
    return this.#id(this.#seq);
  }

  push(message: EncodedMessage): void {
    if (this.#isFinished) return;
    this.#seq += 1;
    this.#stored.push({ seq: this.#seq, message });
    this.#onStored(message.head.length + message.body.length);
    this.#sink?.event(message, this.#id(this.#seq));
  }

  finish(): void {
    this.#isFinished = true;
    this.#sink?.end();
    this.#sink = undefined;
  }

  forgetOldest(): void {
    this.#stored.shift();
  }

  /** Replaces the attached response, which ends, and first repeats the stored events after that position. */
  attach(sink: EventSink, after: number = this.#seq): void {
    const previous = this.#sink;
    this.#sink = sink;
    previous?.end();
    for (const { seq, message } of this.#stored) if (seq > after) sink.event(message, this.#id(seq));
    if (this.#isFinished) this.finish();
  }

  detach(sink: EventSink): void {
    if (this.#sink === sink) this.#sink = undefined;
  }

  #id(seq: number): string {
    return `${this.#name}-${String(seq)}`;
  }
}
