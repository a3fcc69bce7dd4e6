import { randomBytes } from 'node:crypto';
import type { EncodedMessage } from './rpc-frame.ts';

/** A response that events are written to. */
export interface EventSink {
  event(frame: EncodedMessage, id: string): void;
  end(): void;
}

interface Kept {
  readonly seq: number;
  readonly frame: EncodedMessage;
}

const MAX_BYTES = 1024 * 1024;
const MAX_EVENTS = 512;
const MAX_STREAMS = 64;
const EVENT_ID = /^([0-9a-f]{12})-(\d{1,9})-(\d{1,9})$/;

/** What was said on the streams of one session, as far back as its bounds reach, so that a broken stream can be resumed. */
export class EventStore {
  // New with every process, so that an id of the one before is not mistaken for one of this.
  readonly #tag = randomBytes(6).toString('hex');
  readonly #streams = new Map<number, ResumableStream>();
  readonly #order: { readonly stream: ResumableStream; readonly bytes: number }[] = [];
  /** What belongs to no request: the one stream that is never finished. */
  readonly standalone: ResumableStream;
  #streamCount = 0;
  #bytes = 0;

  constructor() {
    this.standalone = this.open();
  }

  open(): ResumableStream {
    const number = this.#streamCount;
    this.#streamCount += 1;
    const stream = new ResumableStream(`${this.#tag}-${String(number)}`, (bytes) => {
      this.#keep(stream, bytes);
    });
    this.#streams.set(number, stream);
    if (this.#streams.size > MAX_STREAMS) {
      const oldest = [...this.#streams].find(([key, { isFinished }]) => key !== 0 && isFinished);
      if (oldest !== undefined) this.#streams.delete(oldest[0]);
    }
    return stream;
  }

  /** The stream that the event was on and its place there; undefined when it is not known any more. */
  find(eventId: string): { readonly stream: ResumableStream; readonly after: number } | undefined {
    const [, tag, number, seq] = EVENT_ID.exec(eventId) ?? [];
    const stream = tag === this.#tag ? this.#streams.get(Number(number)) : undefined;
    return stream === undefined ? undefined : { stream, after: Number(seq) };
  }

  /** Nothing more is written to anybody. */
  close(): void {
    for (const stream of this.#streams.values()) stream.finish();
  }

  #keep(stream: ResumableStream, bytes: number): void {
    this.#order.push({ stream, bytes });
    this.#bytes += bytes;
    while (this.#bytes > MAX_BYTES || this.#order.length > MAX_EVENTS) {
      const oldest = this.#order.shift();
      if (oldest === undefined) return;
      oldest.stream.forgetOldest();
      this.#bytes -= oldest.bytes;
    }
  }
}

/** The events of one stream. They go to the response that is attached; while there is none they are only kept. */
export class ResumableStream {
  readonly #name: string;
  readonly #kept: Kept[] = [];
  readonly #keep: (bytes: number) => void;
  #sink: EventSink | undefined;
  #seq = 0;
  #isFinished = false;

  constructor(name: string, keep: (bytes: number) => void) {
    this.#name = name;
    this.#keep = keep;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  get isAttached(): boolean {
    return this.#sink !== undefined;
  }

  /** The id of the place where the stream stands now. */
  get place(): string {
    return this.#id(this.#seq);
  }

  push(frame: EncodedMessage): void {
    if (this.#isFinished) return;
    this.#seq += 1;
    this.#kept.push({ seq: this.#seq, frame });
    this.#keep(frame.head.length + frame.body.length);
    this.#sink?.event(frame, this.#id(this.#seq));
  }

  finish(): void {
    this.#isFinished = true;
    this.#sink?.end();
    this.#sink = undefined;
  }

  forgetOldest(): void {
    this.#kept.shift();
  }

  /** Takes over from the response that was attached, and first repeats what came `after` that place. */
  attach(sink: EventSink, after: number = this.#seq): void {
    const before = this.#sink;
    this.#sink = sink;
    before?.end();
    for (const { seq, frame } of this.#kept) if (seq > after) sink.event(frame, this.#id(seq));
    if (this.#isFinished) this.finish();
  }

  detach(sink: EventSink): void {
    if (this.#sink === sink) this.#sink = undefined;
  }

  #id(seq: number): string {
    return `${this.#name}-${String(seq)}`;
  }
}
