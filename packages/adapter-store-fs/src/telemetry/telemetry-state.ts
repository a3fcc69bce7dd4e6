import { decodeEvent, EventRing, LogShelf, type KeptEvent } from '@clarity-runtime/core/memory';
import type { WalRecord } from './wal-record.ts';

/** What a checkpoint holds: everything that the telemetry knew after one record of the journal. */
export interface TelemetryImage {
  /** Names the store in cursors. */
  readonly store: string;
  readonly lastSeq: number;
  /** The last record of the journal that is in here. */
  readonly lastRecord: number;
  /** Every event with a smaller `seq` was dropped for room. */
  readonly droppedBefore: number;
  readonly events: readonly KeptEvent[];
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

export const emptyImage = (store: string): TelemetryImage => ({
  store,
  lastSeq: 0,
  lastRecord: 0,
  droppedBefore: 1,
  events: [],
  logs: new Map(),
});

/** The telemetry in memory. Records are applied in their order and once: one that is known already changes nothing. */
export class TelemetryState {
  readonly store: string;
  readonly ring: EventRing;
  readonly logs = new LogShelf();
  #lastSeq: number;
  #lastRecord: number;

  constructor(image: TelemetryImage, maxEvents: number) {
    this.store = image.store;
    this.ring = new EventRing(image.store, maxEvents);
    this.ring.beginAt(image.droppedBefore);
    for (const { json } of image.events) this.ring.push(decodeEvent(json), json);
    for (const [serviceId, lines] of image.logs) this.logs.add(serviceId, lines);
    this.#lastSeq = image.lastSeq;
    this.#lastRecord = image.lastRecord;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get lastRecord(): number {
    return this.#lastRecord;
  }

  get image(): TelemetryImage {
    return {
      store: this.store,
      lastSeq: this.#lastSeq,
      lastRecord: this.#lastRecord,
      droppedBefore: this.ring.droppedBefore,
      events: this.ring.kept(),
      logs: this.logs.kept(),
    };
  }

  apply(record: WalRecord): void {
    if (record.n <= this.#lastRecord) return;
    this.#lastRecord = record.n;
    this.add(record);
  }

  /** Takes in what is in no journal. */
  add(content: Content): void {
    if ('events' in content) {
      for (const json of content.events) {
        const event = decodeEvent(json);
        if (event.seq <= this.#lastSeq) continue;
        this.#lastSeq = event.seq;
        this.ring.push(event, json);
      }
    } else if ('lines' in content) {
      this.logs.add(content.serviceId, content.lines);
    } else {
      this.logs.drop(content.dropped);
    }
  }

  /** Numbers that were given and lost are not given again. */
  skipTo(lastRecord: number, lastSeq: number): void {
    this.#lastRecord = Math.max(this.#lastRecord, lastRecord);
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
  }
}

/** A record without its number. */
export type Content =
  | { readonly events: readonly string[] }
  | { readonly serviceId: string; readonly lines: readonly string[] }
  | { readonly dropped: string };
