import { sha256Hex } from '../domain/json/digest.ts';

/** One event as it is kept: the event itself is JSON, which nobody else can change. */
export interface KeptEvent {
  readonly seq: number;
  readonly json: string;
}

/** Closes events whose numbers follow each other: `hash` is SHA-256 in hex over the link before and the JSON of each. */
export interface AuditLink {
  readonly from: number;
  readonly to: number;
  readonly hash: string;
}

/** What stands before a part of the chain: its last number and its hash. */
export interface ChainBase {
  readonly seq: number;
  readonly hash: string;
}

/** What stands before the first link of a new chain. */
export const CHAIN_START = '0'.repeat(64);

/** Characters of events after which a link is closed. Retention drops whole links, so none may be large. */
const MAX_SAFE = 64 * 1024;

/** The kinds that begin after numbers that were given out and are not in the journal. */
const TELLERS: ReadonlySet<unknown> = new Set(['storage.gap', 'storage.recovered']);

/**
 * The links over events in order: one for all of them, more where they are large or where a number is missing. The same
 * events always give the same links, so that whoever finds them unclosed closes them alike.
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

/** JSON of an event has no raw line break, so that no two lists of events give the same text. */
export const hashOver = (before: string, events: readonly KeptEvent[]): string =>
  sha256Hex(events.reduce((text, { json }) => `${text}\n${json}`, before));

/** Whether this event tells of numbers before it that no record has. */
export const recordsGap = ({ json }: KeptEvent): boolean =>
  TELLERS.has((JSON.parse(json) as { readonly kind?: unknown }).kind);

export interface OpenChain {
  /** The hash of the last link. */
  readonly head: string;
  /** Events behind it that no link closes, in order. */
  readonly open: readonly KeptEvent[];
}

/**
 * The links that nobody wrote, before one that was: where a process ended between its events and their link, the next one
 * went on as if it stood there. Empty when that is not so.
 */
export function unwrittenLinks({ head, open }: OpenChain, next: AuditLink): readonly AuditLink[] {
  if ((open[0]?.seq ?? next.from) >= next.from) return [];
  const before = open.filter(({ seq }) => seq < next.from);
  const links = linksOver(head, before);
  const own = open.filter(({ seq }) => seq >= next.from && seq <= next.to);
  return hashOver(links.at(-1)?.hash ?? head, own) === next.hash ? links : [];
}
