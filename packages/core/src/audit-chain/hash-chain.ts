import { sha256Hex } from '../domain/json/digest.ts';
import { classIndexOf, countsAfter, countsWith, NO_COUNTS, type ClassCounts } from './class-counts.ts';

/** One stored event. It is JSON text, so references to the original object cannot change it. */
export interface KeptEvent {
  readonly seq: number;
  readonly json: string;
}

/** Events of a link that retention has dropped. */
export interface DroppedEvents {
  readonly count: number;
  /** Time of the first and of the last of them. */
  readonly since: string;
  readonly until: string;
}

/**
 * Closes events of one class with consecutive numbers. `hash`: SHA-256 in hex over the previous hash, the counts and the
 * JSON of each event.
 */
export interface AuditLink {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
  /** Totals of all classes after this link; absent in links from before retention by class, which mix classes. */
  readonly counts?: ClassCounts;
  /** Present when retention has dropped the events. One such link may replace several in a row; `hash` is the last one's. */
  readonly dropped?: DroppedEvents;
}

/** The link before a part of the chain: its last number, its hash and its counts. */
export interface ChainBase {
  readonly seq: number;
  readonly hash: string;
  readonly counts?: ClassCounts;
}

/** Hash before the first link of a new chain. */
export const CHAIN_START = '0'.repeat(64);

/** Characters of events after which a link is closed. Retention drops whole links, so links are small. */
const MAX_SAFE = 64 * 1024;

/** Event kinds that follow numbers without a record in the journal. */
const GAP_KINDS: ReadonlySet<unknown> = new Set(['storage.gap', 'storage.recovered']);

/** End of a chain: the hash and the counts of its last link. */
export type ChainEnd = Pick<ChainBase, 'hash' | 'counts'>;

/**
 * Returns the links over events in order: one link, or more if the events are large, differ in their class or a number is
 * missing. The result depends only on the events, so every reader of events without a link computes the same links.
 */
export function linksOver(before: ChainEnd, events: readonly KeptEvent[]): readonly AuditLink[] {
  const links: AuditLink[] = [];
  let end = before;
  let open: KeptEvent[] = [];
  let size = 0;
  for (const [i, event] of events.entries()) {
    open.push(event);
    size += event.json.length;
    const next = events[i + 1];
    const continues = next?.seq === event.seq + 1 && classIndexOf(next.json) === classIndexOf(event.json);
    if (continues && size < MAX_SAFE) continue;
    const link = linkOver(end, open);
    links.push(link);
    [end, open, size] = [link, [], 0];
  }
  return links;
}

/** Returns the link over events of one class with consecutive numbers. `classIndex`: their class, if the caller knows it. */
export function linkOver(before: ChainEnd, events: readonly KeptEvent[], classIndex?: number): AuditLink {
  const total = before.counts ?? NO_COUNTS;
  const counts = classIndex === undefined ? countsAfter(total, events) : countsWith(total, classIndex, events.length);
  const hash = hashOver(before.hash, events, counts);
  return { from: events[0]?.seq ?? 0, to: events.at(-1)?.seq ?? 0, hash, counts };
}

/** Returns the hash of a link. Event JSON contains no raw line break, so different lists have different texts. */
export function hashOver(before: string, events: readonly KeptEvent[], counts?: ClassCounts): string {
  const head = counts === undefined ? before : `${before} ${counts.join(' ')}`;
  return sha256Hex(events.reduce((text, { json }) => `${text}\n${json}`, head));
}

/** Whether the event records that numbers before it are missing. */
export const recordsGap = ({ json }: KeptEvent): boolean =>
  GAP_KINDS.has((JSON.parse(json) as { readonly kind?: unknown }).kind);

export interface OpenChain {
  /** The last link. */
  readonly head: ChainEnd;
  /** Events after that link, without a link of their own, in order. */
  readonly open: readonly KeptEvent[];
}

/**
 * Returns the missing links before `next`. A process that ends between its events and their link writes no link; the next
 * process continues as if the link existed. Returns an empty list if `next` does not confirm this.
 */
export function unwrittenLinks({ head, open }: OpenChain, next: AuditLink): readonly AuditLink[] {
  if (next.dropped !== undefined || (open[0]?.seq ?? next.from) >= next.from) return [];
  const before = open.filter(({ seq }) => seq < next.from);
  const links = linksOver(head, before);
  const own = open.filter(({ seq }) => seq >= next.from && seq <= next.to);
  return hashOver(links.at(-1)?.hash ?? head.hash, own, next.counts) === next.hash ? links : [];
}
