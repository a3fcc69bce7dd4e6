import type { AuditEvent, AuditLevel } from '../domain/audit-event.ts';
import { StoreError } from '../domain/store-error.ts';
import type { AuditPage, AuditQuery, AuditReading, Cursor } from '../ports/index.ts';

/** One event as it is kept: what queries look at, and the event itself as JSON, which nobody else can change. */
export interface KeptEvent {
  readonly seq: number;
  readonly json: string;
}

interface Entry extends KeptEvent {
  readonly kind: string;
  readonly level: AuditLevel;
  readonly serviceId: string | undefined;
  readonly op: string | undefined;
  /** Milliseconds; NaN when the event's time is no date. */
  readonly at: number;
}

const worse: Readonly<Record<AuditLevel, number>> = { info: 0, warn: 1, error: 2 };

/** The newest events in order of `seq`, bounded by the length of their JSON; the oldest go first. */
export class EventRing {
  #entries: Entry[] = [];
  /** Entries before it are dropped; they are cut off in large steps. */
  #first = 0;
  #size = 0;
  #dropped = 1;
  readonly #byOp = new Map<string, readonly Entry[]>();
  readonly #store: string;
  readonly #maxSize: number;

  /** `store` names the store that gives the cursors. */
  constructor(store: string, maxSize: number) {
    this.#store = store;
    this.#maxSize = maxSize;
  }

  /** The `seq` of the oldest event that is kept, or of the first to come. */
  get droppedBefore(): number {
    return this.#dropped;
  }

  get lastSeq(): number {
    return this.#entries.at(-1)?.seq ?? this.#dropped - 1;
  }

  /** Says that everything before `seq` is not kept; for a store that begins with what another one left. */
  beginAt(seq: number): void {
    if (this.#entries.length === 0) this.#dropped = seq;
  }

  push(event: AuditEvent, json: string): void {
    const { seq, kind, level, serviceId, op } = event;
    const entry: Entry = { seq, json, kind, level, serviceId, op, at: Date.parse(event.at) };
    this.#entries.push(entry);
    this.#size += json.length;
    if (op !== undefined) this.#byOp.set(op, [...(this.#byOp.get(op) ?? []), entry]);
    while (this.#size > this.#maxSize && this.#first < this.#entries.length - 1) this.#dropFirst();
    if (this.#first > 1_024 && this.#first * 4 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** What is kept, oldest first, as one immutable list. */
  kept(): readonly KeptEvent[] {
    return this.#entries.slice(this.#first);
  }

  /** What was appended with this operation, if it is kept. */
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

  read(reading: AuditReading): AuditPage {
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

  #positionOf(after: AuditReading['after']): number {
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

  /** Where the first event with a greater `seq` stands. */
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

function matcher({ serviceId, kind, level, since }: AuditQuery): (entry: Entry) => boolean {
  const from = since === undefined ? undefined : Date.parse(since);
  if (Number.isNaN(from)) throw new StoreError('invalid', 'since: not an ISO 8601 time');
  return (entry) =>
    (serviceId === undefined || entry.serviceId === serviceId) &&
    (kind === undefined || entry.kind === kind) &&
    (level === undefined || worse[entry.level] >= worse[level]) &&
    (from === undefined || entry.at >= from);
}
