import type { AuditFault, AuditVerdict } from '../ports/index.ts';
import { countBetween, countsAfter, NO_COUNTS } from './class-counts.ts';
import {
  hashOver,
  linksOver,
  recordsGap,
  unwrittenLinks,
  type AuditLink,
  type ChainBase,
  type KeptEvent,
} from './hash-chain.ts';

/** Verifies events and links in stored order, and reports the first that differs from what was written. */
export class ChainVerifier {
  /** Number of the first event. */
  #from: number;
  readonly #hashes: Set<string>;
  #open: KeptEvent[] = [];
  /** The last link, and the number of the last event. */
  #head: ChainBase;
  #last: number;
  #records = 0;
  #links = 0;
  #outside = 0;
  #dropped = 0;
  #fault: AuditFault | undefined;

  /** `base` is the link before the first event. */
  constructor(base: ChainBase) {
    this.#from = base.seq + 1;
    this.#head = base;
    this.#last = base.seq;
    this.#hashes = new Set([base.hash]);
  }

  /** Number of the last event that was passed to `event`. */
  get last(): number {
    return this.#last;
  }

  /** Number of the first event without a link. */
  get firstOpen(): number | undefined {
    return this.#open[0]?.seq;
  }

  get fault(): AuditFault | undefined {
    return this.#fault;
  }

  /** Whether `hash` is the hash of a link or of the base. */
  has(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  /** Reports a fault that the reader of the records found. Only the first fault is kept. */
  blame(fault: AuditFault): void {
    this.#fault ??= fault;
  }

  event(event: KeptEvent): void {
    if (this.#fault !== undefined) return;
    if (event.seq <= this.#last) this.#blame(event.seq, `record ${String(event.seq)} is a duplicate or out of order`);
    this.#last = event.seq;
    this.#open.push(event);
  }

  link(link: AuditLink): void {
    if (this.#fault !== undefined) return;
    const { from, to, hash, counts } = link;
    const unwritten = unwrittenLinks({ head: this.#head, open: this.#open }, link);
    if (unwritten.length > 0) this.#mustFollow(this.#open.filter(({ seq }) => seq < from));
    for (const one of unwritten) this.#close(one);
    if (link.dropped !== undefined) {
      this.#skip(link, link.dropped.count);
      return;
    }
    const own = this.#open.filter(({ seq }) => seq >= from && seq <= to);
    const outside = this.#open.filter(({ seq }) => seq < from);
    this.#mustFollow(outside, own[0]);
    const gap = own.findIndex(({ seq }, i) => seq !== from + i);
    if (gap !== -1 || own.length !== to - from + 1) {
      const seq = from + (gap === -1 ? own.length : gap);
      this.#blame(seq, missing(seq, (own[gap]?.seq ?? to + 1) - 1));
    } else if (!this.#continuesCounts(link, own) || hashOver(this.#head.hash, own, counts) !== hash) {
      this.#blame(from, `${range(from, to)} or the link over it is not what was written`);
    } else {
      this.#outside += outside.length;
      this.#open = this.#open.filter(({ seq }) => seq >= from);
      this.#close(link);
    }
  }

  /** Verifies a list of events and a list of links: each link follows its last event. */
  kept(events: readonly KeptEvent[], links: readonly AuditLink[]): void {
    let next = 0;
    for (const link of links) {
      for (let event = events[next]; event !== undefined && event.seq <= link.to; event = events[next]) {
        this.event(event);
        next += 1;
      }
      this.link(link);
    }
    for (const event of events.slice(next)) this.event(event);
  }

  /** Closes the events without a link, as the next start would, and returns the verdict. */
  end(expect?: string): AuditVerdict {
    this.#mustFollow(this.#open);
    const links = this.#links;
    if (this.#fault === undefined) {
      for (const link of linksOver(this.#head, this.#open)) this.#close(link);
    }
    return {
      records: this.#records,
      links,
      head: this.#head.hash,
      from: this.#from,
      to: this.#head.seq,
      outside: this.#outside,
      ...(this.#dropped === 0 ? {} : { dropped: this.#dropped }),
      ...(expect === undefined ? {} : { expected: this.has(expect) }),
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
    };
  }

  /** Numbers may be missing only before an event that records the gap. */
  #mustFollow(...[outside, first]: readonly [readonly KeptEvent[], KeptEvent?]): void {
    let last = this.#head.seq;
    const told = outside.length > 0 && first !== undefined && recordsGap(first);
    for (const event of [...outside, ...(first === undefined ? [] : [first])]) {
      const isTold = told || event.seq === last + 1 || recordsGap(event);
      if (!isTold) this.#blame(last + 1, missing(last + 1, event.seq - 1));
      last = event.seq;
    }
    if (outside.length > 0 && first !== undefined && !told) {
      this.#blame(outside[0]?.seq ?? 0, 'a record has no link');
    }
  }

  #blame(seq: number, reason: string): void {
    this.blame({ seq, reason });
  }

  /** Passes a link whose events retention has dropped: the counts of the next links confirm their number and classes. */
  #skip(link: AuditLink, count: number): void {
    const { from, to, hash, counts } = link;
    const before = this.#head.counts ?? NO_COUNTS;
    const isCounted = counts === undefined || countBetween(before, counts) === count;
    const isRising = counts?.every((total, i) => total >= (before[i] ?? 0)) ?? true;
    if (!isCounted || !isRising || count > to - from + 1 || from <= this.#head.seq) {
      this.#blame(from, `the link over the dropped records ${String(from)} to ${String(to)} does not match`);
      return;
    }
    this.#mustFollow(this.#open);
    this.#outside += this.#open.length;
    this.#open = [];
    this.#last = Math.max(this.#last, to);
    if (this.#records === 0) this.#from = to + 1;
    this.#head = { seq: to, hash, ...(counts === undefined ? {} : { counts }) };
    this.#dropped += count;
    this.#hashes.add(hash);
  }

  /** A link without counts comes before every link with counts. */
  #continuesCounts({ counts }: AuditLink, events: readonly KeptEvent[]): boolean {
    if (counts === undefined) return this.#head.counts === undefined;
    return countsAfter(this.#head.counts ?? NO_COUNTS, events).every((total, i) => total === counts[i]);
  }

  #close({ from, to, hash, counts }: AuditLink): void {
    this.#open = this.#open.filter(({ seq }) => seq > to);
    this.#head = { seq: to, hash, ...(counts === undefined ? {} : { counts }) };
    this.#records += to - from + 1;
    this.#links += 1;
    this.#hashes.add(hash);
  }
}

const range = (from: number, to: number): string =>
  from === to ? `record ${String(from)}` : `one of the records ${String(from)} to ${String(to)}`;

const missing = (from: number, to: number): string =>
  from === to ? `record ${String(from)} is missing` : `the records ${String(from)} to ${String(to)} are missing`;
