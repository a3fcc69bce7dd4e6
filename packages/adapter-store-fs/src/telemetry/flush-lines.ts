import { hashOver, type AuditLink, type KeptEvent } from '@clarity-runtime/core/audit-chain';
import { walLine } from './wal-line.ts';
import { encodeLink } from './wal-link.ts';
import { encodeRecord, type WalRecord } from './wal-record.ts';

export interface Flush {
  /** Lines of the journal. */
  readonly text: string;
  readonly links: readonly AuditLink[];
}

/** A link is closed behind the record with which its events become this long. */
const LARGEST = 64 * 1024;

/** The lines of one write: its records, and behind the last one with events, before that where they are many, a link. */
export function flushLines(records: readonly WalRecord[], before: { seq: number; hash: string }): Flush {
  const links: AuditLink[] = [];
  let { seq, hash } = before;
  let [text, size] = ['', 0];
  let open: KeptEvent[] = [];
  const lastWithEvents = records.findLastIndex((record) => 'events' in record);
  for (const [i, record] of records.entries()) {
    text += walLine(encodeRecord(record));
    for (const json of 'events' in record ? record.events : []) {
      seq += 1;
      size += json.length;
      open.push({ seq, json });
    }
    if (open.length === 0 || (size < LARGEST && i !== lastWithEvents)) continue;
    const link = closing(hash, open);
    text += walLine(encodeLink(link));
    links.push(link);
    hash = link.hash;
    [open, size] = [[], 0];
  }
  return { text, links };
}

const closing = (before: string, events: readonly KeptEvent[]): AuditLink => ({
  from: events[0]?.seq ?? 0,
  to: events.at(-1)?.seq ?? 0,
  hash: hashOver(before, events),
});
