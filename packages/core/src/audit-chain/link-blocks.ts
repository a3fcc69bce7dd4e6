import { EVENT_CLASSES } from '../domain/audit/event-class.ts';
import type { Entry } from './event-matcher.ts';
import type { AuditLink } from './hash-chain.ts';

/** Approximate size of a link in JSON. */
const LINK_SIZE = 120;
/** Dropped links after which neighbors are merged. */
const MERGE_AT_COUNT = 1_024;

/** The events of one link, or events that no link covers. */
export interface LinkBlock {
  link: AuditLink | undefined;
  /** Number of the last event. */
  readonly to: number;
  entries: readonly Entry[];
  readonly classIndex: number;
  readonly size: number;
}

/** Blocks of events in order, with a queue per class. Merges neighbors whose events were dropped. */
export class LinkedEvents {
  #blocks: LinkBlock[] = [];
  /** Index of the first block with events. */
  #first = 0;
  #droppedCount = 0;
  #kept: ReadonlySet<string> = new Set();
  readonly #queues: { blocks: LinkBlock[]; first: number; size: number }[] = EVENT_CLASSES.map(() => ({
    blocks: [],
    first: 0,
    size: 0,
  }));

  get size(): number {
    return this.#queues.reduce((sum, { size }) => sum + size, this.#droppedCount * LINK_SIZE);
  }

  sizeOf(classIndex: number): number {
    return this.#queues[classIndex]?.size ?? 0;
  }

  /** Number of the first event. */
  get firstSeq(): number | undefined {
    while (this.#blocks[this.#first]?.entries.length === 0) this.#first += 1;
    return this.#blocks[this.#first]?.entries[0]?.seq;
  }

  get lastSeq(): number {
    return this.#blocks.at(-1)?.to ?? 0;
  }

  all(): readonly LinkBlock[] {
    return this.#blocks;
  }

  /** Keeps the links with these hashes apart, also after their events were dropped. */
  keepLinks(hashes: readonly string[]): void {
    this.#kept = new Set(hashes);
  }

  add(link: AuditLink | undefined, entries: readonly Entry[], classIndex: number): void {
    const size = entries.reduce((sum, { json }) => sum + json.length, LINK_SIZE);
    const block = { link, to: link?.to ?? entries.at(-1)?.seq ?? 0, entries, classIndex, size };
    this.#blocks.push(block);
    if (entries.length > 0) {
      const queue = this.#queueOf(classIndex);
      queue.blocks.push(block);
      queue.size += size;
      return;
    }
    this.#droppedCount += 1;
    if (link !== undefined) block.link = { ...link, dropped: link.dropped ?? { count: 0, since: '', until: '' } };
  }

  /** Drops the events of the oldest block of a class, and returns them. Returns undefined for the newest block of all. */
  dropOldest(classIndex: number): readonly Entry[] | undefined {
    const queue = this.#queueOf(classIndex);
    const block = queue.blocks[queue.first];
    if (block === undefined || block === this.#blocks.at(-1)) return undefined;
    queue.first += 1;
    queue.size -= block.size;
    if (queue.first > MERGE_AT_COUNT && queue.first * 2 > queue.blocks.length) {
      queue.blocks = queue.blocks.slice(queue.first);
      queue.first = 0;
    }
    const { entries, link } = block;
    block.entries = [];
    if (link !== undefined) block.link = { ...link, dropped: droppedEvents(entries) };
    this.#droppedCount += 1;
    if (this.#droppedCount > MERGE_AT_COUNT && this.#droppedCount * 4 > this.#blocks.length) this.merge();
    return entries;
  }

  /** Merges neighbors without events into one. */
  merge(): void {
    const merged: LinkBlock[] = [];
    this.#droppedCount = 0;
    for (const block of this.#blocks) {
      const isEmpty = block.entries.length === 0;
      if (isEmpty && block.link === undefined) continue;
      const last = merged.at(-1);
      const mayMerge = isEmpty && last?.entries.length === 0 && !this.#kept.has(last.link?.hash ?? '');
      const link = mayMerge ? mergedLink(last.link, block.link) : undefined;
      if (link !== undefined) {
        merged[merged.length - 1] = { ...block, link };
        continue;
      }
      merged.push(block);
      if (isEmpty) this.#droppedCount += 1;
    }
    this.#blocks = merged;
    this.#first = 0;
  }

  /** Index of the first block that ends after `seq`. */
  indexAfter(seq: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#blocks[middle]?.to ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #queueOf(classIndex: number): { blocks: LinkBlock[]; first: number; size: number } {
    const queue = this.#queues[classIndex];
    if (queue === undefined) throw new Error(`class ${String(classIndex)}`);
    return queue;
  }
}

function droppedEvents(entries: readonly Entry[]): NonNullable<AuditLink['dropped']> {
  const timeOf = (entry: Entry | undefined): string =>
    entry === undefined || Number.isNaN(entry.at) ? '' : new Date(entry.at).toISOString();
  const since = timeOf(entries[0]);
  return { count: entries.length, since, until: entries.length === 1 ? since : timeOf(entries.at(-1)) };
}

/** Returns one link for two in a row whose events were dropped; undefined when only one of them has counts. */
function mergedLink(first: AuditLink | undefined, second: AuditLink | undefined): AuditLink | undefined {
  if (first?.dropped === undefined || second?.dropped === undefined) return undefined;
  if ((first.counts === undefined) !== (second.counts === undefined)) return undefined;
  const { dropped: a } = first;
  const { dropped: b } = second;
  return {
    ...second,
    from: first.from,
    dropped: {
      count: a.count + b.count,
      since: a.since === '' ? b.since : a.since,
      until: b.until === '' ? a.until : b.until,
    },
  };
}
