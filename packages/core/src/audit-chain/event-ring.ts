import { CLASS_SHARES, EVENT_CLASSES } from '../domain/audit/event-class.ts';
import type { AuditEvent } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type { TelemetryPage, AuditQuery, TelemetryRead, Cursor } from '../ports/index.ts';
import { LinkedEvents, type LinkBlock } from './link-blocks.ts';
import { CHAIN_START, type AuditLink, type ChainBase, type KeptEvent } from './hash-chain.ts';
import { entryOf, matcher, type Entry } from './event-matcher.ts';

/**
 * Stored events in order of `seq` with their links, limited by the length of their JSON. When the limit is reached, the class
 * that is above its share by most loses its oldest link. So each class keeps its newest events up to its share, and a
 * link remains that counts the others. Events without a link are not dropped.
 */
export class EventRing {
  readonly #blocks = new LinkedEvents();
  /** Events after the last link, from `#openStart` on. */
  #open: Entry[] = [];
  #openStart = 0;
  #openSize = 0;
  #start = 1;
  #base: ChainBase = { seq: 0, hash: CHAIN_START };
  #head: ChainBase = this.#base;
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
    return this.#blocks.firstSeq ?? this.#open[this.#openStart]?.seq ?? this.lastSeq + 1;
  }

  get lastSeq(): number {
    return this.#open.at(-1)?.seq ?? Math.max(this.#blocks.lastSeq, this.#base.seq, this.#start - 1);
  }

  /** The last link, or the base of the next one. */
  get head(): ChainBase {
    return this.#head;
  }

  /** The base of the first link. */
  get base(): ChainBase {
    return this.#base;
  }

  /** Starts an empty ring at `seq`, after events that were dropped earlier. */
  beginAt(seq: number, base: ChainBase = { seq: seq - 1, hash: CHAIN_START }): void {
    if (this.#open.length > 0) return;
    this.#start = seq;
    this.#base = base;
    this.#head = base;
  }

  /** Fills an empty ring with stored events and links. */
  restore(events: readonly KeptEvent[], links: readonly AuditLink[]): void {
    let next = 0;
    for (const link of links) {
      for (let event = events[next]; event !== undefined && event.seq <= link.to; event = events[next]) {
        this.push(parse(event), event.json);
        next += 1;
      }
      this.link(link);
    }
    for (const event of events.slice(next)) this.push(parse(event), event.json);
  }

  /** Adds an event without a link. Returns what the ring keeps of it. */
  push(event: AuditEvent, json: string): KeptEvent {
    const entry = entryOf(event, json);
    const { op } = entry;
    this.#open.push(entry);
    this.#openSize += json.length;
    if (op !== undefined) this.#byOp.set(op, [...(this.#byOp.get(op) ?? []), entry]);
    return entry;
  }

  /** Adds a link over the events without a link. */
  link(link: AuditLink): void {
    const outside = this.#take(link.from - 1);
    if (outside.length > 0) this.#blocks.add(undefined, outside, EVENT_CLASSES.length - 1);
    const own = this.#take(link.to);
    const lowest = own.reduce((least, { classIndex }) => Math.min(least, classIndex), EVENT_CLASSES.length - 1);
    this.#blocks.add(link, own, lowest);
    const { to: seq, hash, counts } = link;
    this.#head = { seq, hash, ...(counts === undefined ? {} : { counts }) };
    this.#makeRoom();
  }

  /** Returns whether the chain has a link with this hash. */
  hasLink(hash: string): boolean {
    return hash === this.#base.hash || this.#blocks.all().some(({ link }) => link?.hash === hash);
  }

  /** Keeps the links with these hashes when retention merges dropped ones. Replaces the hashes of the last call. */
  keepLinks(hashes: readonly string[]): void {
    this.#blocks.keepLinks(hashes);
  }

  /** Returns a copy of the stored events, oldest first. */
  kept(): readonly KeptEvent[] {
    return [...this.#blocks.all().flatMap(({ entries }) => entries), ...this.#open.slice(this.#openStart)];
  }

  /** Returns a copy of the links, oldest first. */
  links(): readonly AuditLink[] {
    this.#blocks.merge();
    return this.#blocks.all().flatMap(({ link }) => (link === undefined ? [] : [link]));
  }

  /** Returns the stored events of an operation. */
  ofOperation(op: string): readonly AuditEvent[] | undefined {
    return this.#byOp.get(op)?.map(parse);
  }

  newest(query: AuditQuery): readonly AuditEvent[] {
    const wanted = matcher(query);
    const found: AuditEvent[] = [];
    const collect = (entries: readonly Entry[], first = 0): void => {
      for (let i = entries.length - 1; i >= first && found.length < query.limit; i -= 1) {
        const entry = entries[i];
        if (entry !== undefined && wanted(entry)) found.push(parse(entry));
      }
    };
    collect(this.#open, this.#openStart);
    const blocks = this.#blocks.all();
    for (let i = blocks.length - 1; i >= 0 && found.length < query.limit; i -= 1) collect(blocks[i]?.entries ?? []);
    return found.reverse();
  }

  read(reading: TelemetryRead): TelemetryPage {
    const after = this.#positionOf(reading.after);
    const wanted = matcher(reading);
    const events: AuditEvent[] = [];
    let [seen, missed] = [after, 0];
    const blocks = this.#blocks.all();
    let i = this.#blocks.indexAfter(after);
    const isFull = (): boolean => events.length >= reading.limit;
    const collect = (entries: readonly Entry[], first = 0): boolean => {
      for (let at = first; at < entries.length; at += 1) {
        const entry = entries[at];
        if (entry === undefined || entry.seq <= after) continue;
        if (isFull()) return false;
        seen = entry.seq;
        if (wanted(entry)) events.push(parse(entry));
      }
      return true;
    };
    let atEnd = true;
    for (; i < blocks.length && atEnd; i += 1) {
      const block = blocks[i];
      if (block === undefined) continue;
      const lost = isFull() ? 0 : droppedAfter(block, after);
      if (lost > 0) seen = block.to;
      missed += lost;
      atEnd = collect(block.entries);
    }
    atEnd &&= collect(this.#open, this.#openStart);
    if (reading.after !== undefined && after < this.#start - 1) missed += this.#start - 1 - after;
    return { events, next: this.cursorAfter(Math.max(seen, this.#start - 1)), atEnd, missed };
  }

  /** Returns the cursor after the event with this number. */
  cursorAfter(seq: number): Cursor {
    return `${this.#store}.${String(seq)}`;
  }

  #positionOf(after: TelemetryRead['after']): number {
    if (after === undefined) return this.droppedBefore - 1;
    return after === 'end' ? this.lastSeq : this.#seqOf(after);
  }

  #seqOf(cursor: Cursor): number {
    const [, store, seq] = /^(.*)\.(\d{1,15})$/.exec(cursor) ?? [];
    if (store !== this.#store || Number(seq) > this.lastSeq) {
      throw new StoreError('invalid', 'this cursor is not from this store: begin without one');
    }
    return Number(seq);
  }

  /** Removes and returns the events without a link up to `seq`. */
  #take(seq: number): readonly Entry[] {
    let end = this.#openStart;
    while ((this.#open[end]?.seq ?? Infinity) <= seq) end += 1;
    const taken = this.#open.slice(this.#openStart, end);
    this.#openStart = end;
    for (const { json } of taken) this.#openSize -= json.length;
    if (end === this.#open.length) {
      this.#open = [];
      this.#openStart = 0;
    }
    return taken;
  }

  #makeRoom(): void {
    while (this.#blocks.size + this.#openSize > this.#maxSize) {
      const dropped = this.#blocks.dropOldest(this.#largest());
      if (dropped === undefined) return;
      for (const { op } of dropped) if (op !== undefined) this.#byOp.delete(op);
    }
  }

  /** Index of the class that is above its share by most. */
  #largest(): number {
    let [found, most] = [0, -Infinity];
    for (const [i, name] of EVENT_CLASSES.entries()) {
      const above = this.#blocks.sizeOf(i) - CLASS_SHARES[name] * this.#maxSize;
      if (above > most) [found, most] = [i, above];
    }
    return found;
  }
}

const parse = ({ json }: KeptEvent): AuditEvent => JSON.parse(json) as AuditEvent;

/** Number of events after `seq` that retention has dropped from a block. */
function droppedAfter({ link }: LinkBlock, seq: number): number {
  if (link?.dropped === undefined || link.to <= seq) return 0;
  return Math.min(link.dropped.count, link.to - Math.max(seq, link.from - 1));
}
