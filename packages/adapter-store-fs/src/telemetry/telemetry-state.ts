import {
  CHAIN_START,
  decodeEvent,
  EventRing,
  linksOver,
  LogBuffer,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type KeptEvent,
} from '@clarity-runtime/core/audit-chain';
import type { WalRecord } from './wal-format.ts';

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
  /** What the first link follows. */
  readonly base: ChainBase;
  readonly links: readonly AuditLink[];
  readonly logs: ReadonlyMap<string, readonly string[]>;
}

export const emptyImage = (store: string): TelemetryImage => ({
  store,
  lastSeq: 0,
  lastRecord: 0,
  droppedBefore: 1,
  events: [],
  base: { seq: 0, hash: CHAIN_START },
  links: [],
  logs: new Map(),
});

/** The telemetry in memory. Records are applied in their order and once: one that is known already changes nothing. */
export class TelemetryState {
  readonly store: string;
  readonly ring: EventRing;
  readonly logs = new LogBuffer();
  #lastSeq: number;
  #lastRecord: number;
  /** Events of the journal that no link closes yet. */
  #open: KeptEvent[];

  constructor(image: TelemetryImage, maxEvents: number) {
    this.store = image.store;
    this.ring = new EventRing(image.store, maxEvents);
    this.ring.beginAt(image.droppedBefore, image.base);
    for (const { json } of image.events) this.ring.push(decodeEvent(json), json);
    for (const link of image.links) this.ring.link(link);
    this.#open = image.events.filter(({ seq }) => seq > this.ring.head.seq);
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
      base: this.ring.base,
      links: this.ring.links(),
      logs: this.logs.kept(),
    };
  }

  apply(record: WalRecord): void {
    if (record.n <= this.#lastRecord) return;
    this.#lastRecord = record.n;
    this.#open.push(...this.add(record));
  }

  /** Takes in what is in no journal; no link closes it. Answers the events that were not known. */
  add(content: Content): readonly KeptEvent[] {
    if ('lines' in content) this.logs.add(content.serviceId, content.lines);
    if ('dropped' in content) this.logs.drop(content.dropped);
    if (!('events' in content)) return [];
    const added: KeptEvent[] = [];
    for (const json of content.events) {
      const event = decodeEvent(json);
      if (event.seq <= this.#lastSeq) continue;
      this.#lastSeq = event.seq;
      this.ring.push(event, json);
      added.push({ seq: event.seq, json });
    }
    return added;
  }

  /** Takes a link as it was written, whether it is true or not: to say so is for who verifies. */
  link(link: AuditLink): void {
    const { head } = this.ring;
    if (link.to <= head.seq) return;
    for (const unwritten of unwrittenLinks({ head: head.hash, open: this.#open }, link)) this.ring.link(unwritten);
    this.ring.link(link);
    const last = this.#open.at(-1);
    this.#open = last === undefined || last.seq <= link.to ? [] : this.#open.filter(({ seq }) => seq > link.to);
  }

  /** Closes the events whose link was never written: the process ended between the two. */
  close(): void {
    for (const link of linksOver(this.ring.head.hash, this.#open)) this.ring.link(link);
    this.#open = [];
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
