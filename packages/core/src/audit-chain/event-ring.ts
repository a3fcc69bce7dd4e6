import type { AuditEvent } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type { TelemetryPage, AuditQuery, TelemetryRead, Cursor } from '../ports/index.ts';
import { CHAIN_START, type AuditLink, type ChainBase, type KeptEvent } from './hash-chain.ts';
import { entryOf, matcher, type Entry } from './event-matcher.ts';

/** Approximate size of a link in JSON. */
const LINK_SIZE = 90;

/**
 * The newest events in order of `seq` with their links, limited by the length of their JSON. The oldest events are dropped
 * first, together with all others of their link, so that the rest can be verified from its beginning.
 */
export class EventRing {
  #entries: Entry[] = [];
  /** Index of the first entry. Entries before it are dropped; the array shrinks in large steps. */
  #first = 0;
  #size = 0;
  #dropped = 1;
  #base: ChainBase = { seq: 0, hash: CHAIN_START };
  #links: AuditLink[] = [];
  #firstLink = 0;
  readonly #byOp = new Map<string, readonly Entry[]>();
  readonly #store: string;
  readonly #maxSize: number;

  /** `store` is part of every cursor. */
  constructor(store: string, maxSize: number) {
    this.#store = store;
    this.#maxSize = maxSize;
  }

  /** The `seq` of the oldest stored event, or of the next event. */
  get droppedBefore(): number {
    return this.#dropped;
  }

  get lastSeq(): number {
    return this.#entries.at(-1)?.seq ?? this.#dropped - 1;
  }

  /** The last link, or the base of the next one. */
  get head(): ChainBase {
    const last = this.#links.at(-1);
    return last === undefined || last.to <= this.#base.seq ? this.#base : { seq: last.to, hash: last.hash };
  }

  /** The base of the first link. */
  get base(): ChainBase {
    return this.#base;
  }

  /** Starts an empty ring at `seq`, after events that were dropped earlier. */
  beginAt(seq: number, base: ChainBase = { seq: seq - 1, hash: CHAIN_START }): void {
    if (this.#entries.length > 0) return;
    this.#dropped = seq;
    this.#base = base;
  }

  push(event: AuditEvent, json: string): void {
    const entry = entryOf(event, json);
    const { op } = entry;
    this.#entries.push(entry);
    this.#size += json.length;
    if (op !== undefined) this.#byOp.set(op, [...(this.#byOp.get(op) ?? []), entry]);
    this.#makeRoom();
  }

  /** Adds a link. When some of its events are dropped already, the others are dropped too: they could not be verified. */
  link(link: AuditLink): void {
    this.#links.push(link);
    this.#size += LINK_SIZE;
    while (this.#entries[this.#first] !== undefined && link.from < this.#dropped && this.#dropLink());
    this.#makeRoom();
  }

  /** Returns a copy of the stored events, oldest first. */
  kept(): readonly KeptEvent[] {
    return this.#entries.slice(this.#first);
  }

  /** Returns a copy of the links, oldest first. */
  links(): readonly AuditLink[] {
    return this.#links.slice(this.#firstLink);
  }

  /** Returns the stored events of an operation. */
  ofOperation(op: string): readonly AuditEvent[] | undefined {
    return this.#byOp.get(op)?.map(parse);
  }

  newest(query: AuditQuery): readonly AuditEvent[] {
    const wanted = matcher(query);
    const found: AuditEvent[] = [];
    for (let i = this.#entries.length - 1; i >= this.#first && found.length < query.limit; i -= 1) {
      const entry = this.#entries[i];
      if (entry !== undefined && wanted(entry)) found.push(parse(entry));
    }
    return found.reverse();
  }

  read(reading: TelemetryRead): TelemetryPage {
    const after = this.#positionOf(reading.after);
    const wanted = matcher(reading);
    const events: AuditEvent[] = [];
    let seen = Math.max(after, this.#dropped - 1);
    let i = this.#indexAfter(seen);
    for (; i < this.#entries.length && events.length < reading.limit; i += 1) {
      const entry = this.#entries[i];
      if (entry === undefined) continue;
      seen = entry.seq;
      if (wanted(entry)) events.push(parse(entry));
    }
    const missed = Math.max(0, this.#dropped - 1 - after);
    return { events, next: `${this.#store}.${String(seen)}`, atEnd: i >= this.#entries.length, missed };
  }

  #positionOf(after: TelemetryRead['after']): number {
    if (after === undefined) return this.#dropped - 1;
    return after === 'end' ? this.lastSeq : this.#seqOf(after);
  }

  #seqOf(cursor: Cursor): number {
    const [, store, seq] = /^(.*)\.(\d{1,15})$/.exec(cursor) ?? [];
    if (store !== this.#store || Number(seq) > this.lastSeq) {
      throw new StoreError('invalid', 'this cursor is not from this store: begin without one');
    }
    return Number(seq);
  }

  /** Index of the first event with a greater `seq`. */
  #indexAfter(seq: number): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Drops the oldest events, except the newest event and the others of its link. */
  #makeRoom(): void {
    while (this.#size > this.#maxSize && this.#first < this.#entries.length - 1) {
      const link = this.#links[this.#firstLink];
      if (link === undefined || link.from > (this.#entries[this.#first]?.seq ?? 0)) this.#dropFirst();
      else if (link.to >= this.lastSeq) break;
      else this.#dropLink();
    }
    if (this.#first > 1_024 && this.#first * 4 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
      this.#links = this.#links.slice(this.#firstLink);
      this.#firstLink = 0;
    }
  }

  /** Drops the first link with its events. Returns false without a link. */
  #dropLink(): boolean {
    const link = this.#links[this.#firstLink];
    if (link === undefined) return false;
    this.#firstLink += 1;
    this.#size -= LINK_SIZE;
    this.#base = { seq: link.to, hash: link.hash };
    while ((this.#entries[this.#first]?.seq ?? Infinity) <= link.to) this.#dropFirst();
    return true;
  }

  #dropFirst(): void {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return;
    this.#first += 1;
    this.#size -= entry.json.length;
    this.#dropped = this.#entries[this.#first]?.seq ?? entry.seq + 1;
    if (entry.op !== undefined) this.#byOp.delete(entry.op);
  }
}

const parse = ({ json }: KeptEvent): AuditEvent => JSON.parse(json) as AuditEvent;
