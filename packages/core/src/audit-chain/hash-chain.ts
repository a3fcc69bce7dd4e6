import { sha256Hex } from '../domain/json/digest.ts';

/** One stored event. It is JSON text, so references to the original object cannot change it. */
export interface KeptEvent {
  readonly seq: number;
  readonly json: string;
}

/** Closes events with consecutive numbers. `hash`: SHA-256 in hex over the previous hash and the JSON of each event. */
export interface AuditLink {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
}

/** The link before a part of the chain: its last number and its hash. */
export interface ChainBase {
  readonly seq: number;
  readonly hash: string;
}

/** Hash before the first link of a new chain. */
export const CHAIN_START = '0'.repeat(64);

/** Characters of events after which a link is closed. Retention drops whole links, so links are small. */
const MAX_SAFE = 64 * 1024;

/** Event kinds that follow numbers without a record in the journal. */
const GAP_KINDS: ReadonlySet<unknown> = new Set(['storage.gap', 'storage.recovered']);

/**
 * Returns the links over events in order: one link, or more if the events are large or a number is missing. The result depends
 * only on the events, so every reader of events without a link computes the same links.
 */
export function linksOver(before: string, events: readonly KeptEvent[]): readonly AuditLink[] {
  const links: AuditLink[] = [];
  let hash = before;
  let open: KeptEvent[] = [];
  let size = 0;
  for (const [i, event] of events.entries()) {
    open.push(event);
    size += event.json.length;
    const next = events[i + 1];
    if (next?.seq === event.seq + 1 && size < MAX_SAFE) continue;
    hash = hashOver(hash, open);
    links.push({ from: open[0]?.seq ?? 0, to: event.seq, hash });
    open = [];
    size = 0;
  }
  return links;
}

/** Returns the hash of a link. Event JSON contains no raw line break, so different lists have different texts. */
export const hashOver = (before: string, events: readonly KeptEvent[]): string =>
  sha256Hex(events.reduce((text, { json }) => `${text}\n${json}`, before));

/** Whether the event records that numbers before it are missing. */
export const recordsGap = ({ json }: KeptEvent): boolean =>
  GAP_KINDS.has((JSON.parse(json) as { readonly kind?: unknown }).kind);

export interface OpenChain {
  /** Hash of the last link. */
  readonly head: string;
  /** Events after that link, without a link of their own, in order. */
  readonly open: readonly KeptEvent[];
}

/**
 * Returns the missing links before `next`. A process that ends between its events and their link writes no link; the next
 * process continues as if the link existed. Returns an empty list if `next` does not confirm this.
 */
export function unwrittenLinks({ head, open }: OpenChain, next: AuditLink): readonly AuditLink[] {
  if ((open[0]?.seq ?? next.from) >= next.from) return [];
  const before = open.filter(({ seq }) => seq < next.from);
  const links = linksOver(head, before);
  const own = open.filter(({ seq }) => seq >= next.from && seq <= next.to);
  return hashOver(links.at(-1)?.hash ?? head, own) === next.hash ? links : [];
}
