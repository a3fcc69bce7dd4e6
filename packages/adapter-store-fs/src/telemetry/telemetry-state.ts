import type { AuditEvent } from '@clarity-runtime/core';
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

/** Content of a checkpoint: the complete telemetry after one record of the journal. */
export interface TelemetryImage {
  /** Name of the store; part of cursors. */
  readonly store: string;
  readonly lastSeq: number;
  /** Number of the last record that the image contains. */
  readonly lastRecord: number;
  /** Events with a smaller `seq` were dropped because of the size limit. */
  readonly droppedBefore: number;
  readonly events: readonly KeptEvent[];
  /** End of the hash chain before the first link. */
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

/** Telemetry in memory. Records are applied in order and once: a known record has no effect. */
export class TelemetryState {
  readonly store: string;
  readonly ring: EventRing;
  readonly logs = new LogBuffer();
  #lastSeq: number;
  #lastRecord: number;
  /** Events of the journal that no link covers yet. */
  #open: KeptEvent[];

  constructor(image: TelemetryImage, maxEvents: number) {
    this.store = image.store;
    this.ring = new EventRing(image.store, maxEvents);
    this.ring.beginAt(image.droppedBefore, image.base);
    this.ring.restore(image.events, image.links);
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

  /** Adds a record of the journal without a link. Returns its events; an empty list for a known record. */
  apply(record: WalRecord): readonly AuditEvent[] {
    if (record.n <= this.#lastRecord) return [];
    this.#lastRecord = record.n;
    if ('lines' in record) this.logs.add(record.serviceId, record.lines);
    if ('dropped' in record) this.logs.drop(record.dropped);
    if (!('events' in record)) return [];
    const events = record.events.map(decodeEvent);
    for (const [i, event] of events.entries()) {
      if (event.seq <= this.#lastSeq) continue;
      this.#lastSeq = event.seq;
      this.#open.push(this.ring.push(event, record.events[i] ?? ''));
    }
    return events;
  }

  /** Advances past the events of content that is not stored. Returns them. */
  skip(content: Content): readonly AuditEvent[] {
    if (!('events' in content)) return [];
    this.#lastSeq += content.events.length;
    return content.events.map(decodeEvent);
  }

  /** Adds a link without checking its hash; verification is a separate step. */
  link(link: AuditLink): void {
    const { head } = this.ring;
    if (link.to <= head.seq) return;
    for (const unwritten of unwrittenLinks({ head, open: this.#open }, link)) this.ring.link(unwritten);
    this.ring.link(link);
    const last = this.#open.at(-1);
    this.#open = last === undefined || last.seq <= link.to ? [] : this.#open.filter(({ seq }) => seq > link.to);
  }

  /** Adds the links over events whose link was not written because the process ended first. */
  close(): void {
    for (const link of linksOver(this.ring.head, this.#open)) this.ring.link(link);
    this.#open = [];
  }

  /** Advances the counters past lost records, so that their numbers are not used again. */
  skipTo(lastRecord: number, lastSeq: number): void {
    this.#lastRecord = Math.max(this.#lastRecord, lastRecord);
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
  }
}

/** A journal record without its number. */
export type Content =
  | { readonly events: readonly string[] }
  | { readonly serviceId: string; readonly lines: readonly string[] }
  | { readonly dropped: string };
