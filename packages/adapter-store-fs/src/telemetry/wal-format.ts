import {
  classIndexOf,
  linkOver,
  type AuditLink,
  type ChainBase,
  type ChainEnd,
  type ClassCounts,
  type KeptEvent,
} from '@clarity-runtime/core/audit-chain';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

const HASH = /^[0-9a-f]{64}$/;

/** Returns the JSON of a link line: `{"link":[from,to,"sha-256",[changes,denials,calls]]}`. A link ends the events of one write. */
export const encodeLink = (link: AuditLink): string => `{"link":${linkText(link)}}`;

/** Returns a link as a JSON array. A dropped one ends with `[count,"since","until"]`; absent counts are null before it. */
export function linkText({ from, to, hash, counts, dropped }: AuditLink): string {
  const head = `${String(from)},${String(to)},"${hash}"`;
  if (dropped === undefined) return counts === undefined ? `[${head}]` : `[${head},[${counts.join(',')}]]`;
  const { count, since, until } = dropped;
  return `[${head},${JSON.stringify(counts ?? null)},${JSON.stringify([count, since, until])}]`;
}

/** Parses a link line. Returns undefined for other JSON. */
export function decodeLink(json: string): AuditLink | undefined {
  if (!json.startsWith('{"link":')) return undefined;
  try {
    return linkOf((JSON.parse(json) as { readonly link: unknown }).link);
  } catch {
    return undefined;
  }
}

export function linkOf(value: unknown): AuditLink | undefined {
  if (!Array.isArray(value) || value.length < 3 || value.length > 5) return undefined;
  const [from, to, hash, totals = null, lost] = value as readonly unknown[];
  if (!isSeq(from) || !isSeq(to) || to < from) return undefined;
  if (typeof hash !== 'string' || !HASH.test(hash)) return undefined;
  const counts = totals === null ? undefined : countsOf(totals);
  const dropped = lost === undefined ? undefined : droppedOf(lost);
  if ((totals !== null && counts === undefined) || (lost !== undefined && dropped === undefined)) return undefined;
  return { from, to, hash, ...(counts === undefined ? {} : { counts }), ...(dropped === undefined ? {} : { dropped }) };
}

function countsOf(value: unknown): ClassCounts | undefined {
  return Array.isArray(value) && value.length === 3 && value.every(isCount)
    ? (value as unknown as ClassCounts)
    : undefined;
}

function droppedOf(value: unknown): AuditLink['dropped'] | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [count, since, until] = value as readonly unknown[];
  return isCount(count) && typeof since === 'string' && typeof until === 'string' ? { count, since, until } : undefined;
}

/** Schema of the base of a chain in a checkpoint. */
export const chainBase = z.object({
  seq: z.number().int().nonnegative(),
  hash: z.string(),
  counts: z.tuple([z.number(), z.number(), z.number()]).optional(),
});

/** Returns a parsed base without absent members. */
export const baseOf = (base: z.infer<typeof chainBase> | undefined): ChainBase | undefined =>
  base === undefined ? undefined : { seq: base.seq, hash: base.hash, ...(base.counts && { counts: base.counts }) };

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isSeq = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

/** File name of the current segment. */
export const WAL = 'telemetry.wal.jsonl';
const SEGMENT = /^telemetry\.wal\.(\d{6,})\.jsonl$/;

/** Returns the file name of a finished segment: `telemetry.wal.000012.jsonl`. */
export const segmentName = (number: number): string => `telemetry.wal.${String(number).padStart(6, '0')}.jsonl`;

/** Returns the number of a finished segment; undefined for another file name. */
export function segmentNumber(name: string): number | undefined {
  const found = SEGMENT.exec(name);
  return found === null ? undefined : Number(found[1]);
}

/** Returns the segments among file names in the order of writing. The current segment has the number Infinity. */
export const segmentsOf = (names: readonly string[]): readonly { readonly name: string; readonly number: number }[] =>
  names
    .map((name) => ({ name, number: name === WAL ? Infinity : segmentNumber(name) }))
    .flatMap(({ name, number }) => (number === undefined ? [] : [{ name, number }]))
    .sort((a, b) => a.number - b.number);

/** One record of the journal. `n` grows by one per record. `events` are JSON texts with sequence numbers. */
export type WalRecord =
  | { readonly n: number; readonly events: readonly string[] }
  | { readonly n: number; readonly serviceId: string; readonly lines: readonly string[] }
  | { readonly n: number; readonly dropped: string };

/** Returns the JSON of a record. */
export function encodeRecord(record: WalRecord): string {
  const n = String(record.n);
  // Joined as text: the events are JSON already, and this runs for every tool call.
  if ('events' in record) return `{"n":${n},"events":[${record.events.join(',')}]}`;
  return JSON.stringify(record);
}

/** Parses a record. Returns undefined for other JSON: with a valid checksum, another program wrote the line. */
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

const PREFIX_BYTES = 9;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Returns one line of the journal: `<CRC-32 in 8 hex digits> <json>\n`. */
export const walLine = (json: string): string => `${hex(crc32(json))} ${json}\n`;

/** The lines of a journal file, split at the first damaged line. */
export interface WalLines {
  /** JSON of the lines before the first damaged line. */
  readonly good: readonly string[];
  /** Offset of the first damaged line in bytes; the length of the file when all lines are valid. */
  readonly goodBytes: number;
  /** JSON of valid lines after the first damaged line. Used to count lost records, not applied. */
  readonly afterDamage: readonly string[];
}

/** Parses the lines of a journal file and splits them at the first line with a wrong checksum. */
export function readWalLines(bytes: Uint8Array): WalLines {
  const good: string[] = [];
  const afterDamage: string[] = [];
  let goodBytes = 0;
  let whole = true;
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const json = newline === -1 ? undefined : checked(bytes.subarray(start, end));
    whole &&= json !== undefined;
    if (whole) goodBytes = end + 1;
    if (json !== undefined) (whole ? good : afterDamage).push(json);
    start = end + 1;
  }
  return { good, goodBytes, afterDamage };
}

function checked(line: Uint8Array): string | undefined {
  if (line.length <= PREFIX_BYTES || line[PREFIX_BYTES - 1] !== SPACE) return undefined;
  const json = line.subarray(PREFIX_BYTES);
  const sum = Buffer.from(line.buffer, line.byteOffset, PREFIX_BYTES - 1).toString('latin1');
  if (sum !== hex(crc32(json))) return undefined;
  try {
    return decoder.decode(json);
  } catch {
    return undefined;
  }
}

const hex = (sum: number): string => sum.toString(16).padStart(8, '0');

/** The text of one write and the links in it. */
export interface Flush {
  /** Lines of the journal with their line breaks. */
  readonly text: string;
  readonly links: readonly AuditLink[];
}

/** Length of the events, in characters of JSON, at which a link is written. */
const MAX_LINK_LENGTH = 64 * 1024;

/** A record and the `seq` of its first event; the others follow without a gap. */
export interface NumberedRecord {
  readonly record: WalRecord;
  readonly firstSeq: number;
}

/**
 * Returns the lines of one write after the link `before`. A link follows the last record with events, every 64 Ki characters
 * of events, and the last event before another class or a gap of the numbers.
 */
export function flushLines(records: readonly NumberedRecord[], before: ChainEnd): Flush {
  const links: AuditLink[] = [];
  let end = before;
  let [text, size, openClass] = ['', 0, 0];
  let open: KeptEvent[] = [];
  const close = (): void => {
    if (open.length === 0) return;
    const link = linkOver(end, open, openClass);
    text += walLine(encodeLink(link));
    links.push(link);
    [end, open, size] = [link, [], 0];
  };
  for (const { record, firstSeq } of records) {
    const events = 'events' in record ? record.events : [];
    const [first] = events;
    const firstClass = first === undefined ? openClass : classIndexOf(first);
    if (first !== undefined && (open.at(-1)?.seq !== firstSeq - 1 || firstClass !== openClass)) close();
    text += walLine(encodeRecord(record));
    for (const [i, json] of events.entries()) {
      const classIndex = i === 0 ? firstClass : classIndexOf(json);
      if (classIndex !== openClass) close();
      openClass = classIndex;
      size += json.length;
      open.push({ seq: firstSeq + i, json });
    }
    if (size >= MAX_LINK_LENGTH) close();
  }
  close();
  return { text, links };
}
