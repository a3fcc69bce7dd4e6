import { type AuditLink, hashOver, type KeptEvent } from '@clarity-runtime/core/audit-chain';
import { crc32 } from 'node:zlib';

const HASH = /^[0-9a-f]{64}$/;

/** `{"link":[from,to,"sha-256"]}`: what closes the events of one flush. */
export const encodeLink = (link: AuditLink): string => `{"link":${linkText(link)}}`;

export const linkText = ({ from, to, hash }: AuditLink): string => `[${String(from)},${String(to)},"${hash}"]`;

/** `undefined` for JSON that is no link. */
export function decodeLink(json: string): AuditLink | undefined {
  if (!json.startsWith('{"link":')) return undefined;
  try {
    return linkOf((JSON.parse(json) as { readonly link: unknown }).link);
  } catch {
    return undefined;
  }
}

export function linkOf(value: unknown): AuditLink | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [from, to, hash] = value as readonly unknown[];
  if (!isSeq(from) || !isSeq(to) || to < from) return undefined;
  return typeof hash === 'string' && HASH.test(hash) ? { from, to, hash } : undefined;
}

const isSeq = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

export const WAL = 'telemetry.wal.jsonl';
const SEGMENT = /^telemetry\.wal\.(\d{6,})\.jsonl$/;

/** A segment that is written no more: `telemetry.wal.000012.jsonl`. */
export const segmentName = (number: number): string => `telemetry.wal.${String(number).padStart(6, '0')}.jsonl`;

/** The number of a finished segment, or `undefined` for any other file. */
export function segmentNumber(name: string): number | undefined {
  const found = SEGMENT.exec(name);
  return found === null ? undefined : Number(found[1]);
}

/** The segments among the files, in the order in which they were written; the one that is written to now has no end. */
export const segmentsOf = (names: readonly string[]): readonly { readonly name: string; readonly number: number }[] =>
  names
    .map((name) => ({ name, number: name === WAL ? Infinity : segmentNumber(name) }))
    .flatMap(({ name, number }) => (number === undefined ? [] : [{ name, number }]))
    .sort((a, b) => a.number - b.number);

/** One line of the journal. `n` grows by one from record to record; events are JSON that has its number already. */
export type WalRecord =
  | { readonly n: number; readonly events: readonly string[] }
  | { readonly n: number; readonly serviceId: string; readonly lines: readonly string[] }
  | { readonly n: number; readonly dropped: string };

export function encodeRecord(record: WalRecord): string {
  const n = String(record.n);
  // The events are JSON already; writing them once is all that a call's record costs.
  if ('events' in record) return `{"n":${n},"events":[${record.events.join(',')}]}`;
  return JSON.stringify(record);
}

/** `undefined` for JSON that is no record; the line's own checksum was right, so somebody else wrote it. */
export function decodeRecord(json: string): WalRecord | undefined {
  let read: Partial<Record<'n' | 'events' | 'serviceId' | 'lines' | 'dropped', unknown>>;
  try {
    read = JSON.parse(json) as typeof read;
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || (read as unknown) === null) return undefined;
  const { n, events, serviceId, lines, dropped } = read;
  if (typeof n !== 'number' || !Number.isSafeInteger(n)) return undefined;
  if (Array.isArray(events)) return { n, events: events.map((event) => JSON.stringify(event)) };
  if (typeof serviceId === 'string' && isLines(lines)) return { n, serviceId, lines };
  return typeof dropped === 'string' ? { n, dropped } : undefined;
}

const isLines = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((line) => typeof line === 'string');

const PREFIX = 9;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** `<crc32, 8 hex digits> <json>\n`: one line of the journal. */
export const walLine = (json: string): string => `${hex(crc32(json))} ${json}\n`;

export interface WalLines {
  /** The JSON of every good line, up to the first bad one. */
  readonly good: readonly string[];
  /** Where the first bad line begins; the length of the whole when there is none. */
  readonly goodBytes: number;
  /** The JSON of good lines behind it: they tell what was lost, and are not taken. */
  readonly beyond: readonly string[];
}

/** Splits a journal at its first bad line. */
export function readWalLines(bytes: Uint8Array): WalLines {
  const good: string[] = [];
  const beyond: string[] = [];
  let goodBytes = 0;
  let whole = true;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const json = newline === -1 ? undefined : checked(bytes.subarray(start, end));
    whole &&= json !== undefined;
    if (whole) goodBytes = end + 1;
    if (json !== undefined) (whole ? good : beyond).push(json);
    start = end + 1;
  }
  return { good, goodBytes, beyond };
}

function checked(line: Uint8Array): string | undefined {
  if (line.length <= PREFIX || line[PREFIX - 1] !== SPACE) return undefined;
  const json = line.subarray(PREFIX);
  const sum = Buffer.from(line.buffer, line.byteOffset, PREFIX - 1).toString('latin1');
  if (sum !== hex(crc32(json))) return undefined;
  try {
    return decoder.decode(json);
  } catch {
    return undefined;
  }
}

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

export interface Flush {
  /** Lines of the journal. */
  readonly text: string;
  readonly links: readonly AuditLink[];
}

/** A link is closed behind the record with which its events become this long. */
const MAX_SAFE = 64 * 1024;

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
    if (open.length === 0 || (size < MAX_SAFE && i !== lastWithEvents)) continue;
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
