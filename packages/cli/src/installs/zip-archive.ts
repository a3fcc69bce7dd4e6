import { crc32, inflateRawSync } from 'node:zlib';
import { normalizeText } from '@clarity-runtime/core/internal';
import { CliError } from '../support/cli-error.ts';

/** Bounds of an archive. */
export interface ZipLimits {
  readonly maxEntryCount: number;
  /** Sum of the sizes of all files in bytes. */
  readonly maxBytes: number;
}

/** One file of an archive. */
export interface ZipEntry {
  /** Relative path with `/`, without `.` and `..`. */
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
  /** Returns the content. @throws CliError when it has another size or checksum than the directory says. */
  read(): Uint8Array;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const LINK = 0o120000;
const TYPE = 0o170000;
const FOREIGN_PATH = /^(?:[/\\]|[A-Za-z]:)|\\|[\u0000-\u001f]/; // eslint-disable-line no-control-regex

const refused = (reason: string): CliError => new CliError(`the bundle is refused: ${reason}`);

/**
 * Returns the files of a ZIP archive (APPNOTE 6.3.10, stored and deflated entries) by its central directory.
 * @throws CliError for an absolute path, `..`, a link, two names that are equal in lower case, an encrypted entry, ZIP64, and
 *   for more entries or bytes than the limits.
 */
export function zipEntries(bytes: Uint8Array, { maxEntryCount, maxBytes }: ZipLimits): readonly ZipEntry[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(data);
  const count = data.readUInt16LE(end + 10);
  const start = data.readUInt32LE(end + 16);
  if (count > maxEntryCount) throw refused(`it has ${String(count)} entries, the limit is ${String(maxEntryCount)}`);
  if (count === 0xffff || start === 0xffffffff) throw refused('ZIP64 is not supported');
  const entries: ZipEntry[] = [];
  const seen = new Set<string>();
  let total = 0;
  let at = start;
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > end || data.readUInt32LE(at) !== CENTRAL) throw refused('its directory is damaged');
    const nameLength = data.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + data.readUInt16LE(at + 30) + data.readUInt16LE(at + 32);
    if (next > end) throw refused('its directory is damaged');
    const name = data.toString('utf8', at + 46, at + 46 + nameLength);
    const size = data.readUInt32LE(at + 24);
    const mode = data.readUInt32LE(at + 38) >>> 16;
    total += size;
    if (total > maxBytes) throw refused(`its files have more than ${String(maxBytes)} bytes`);
    assertPath(name);
    if ((mode & TYPE) === LINK) throw refused('it contains a link');
    const folded = normalizeText(name, 'NFC').toLowerCase().replace(/\/$/, '');
    if (seen.has(folded)) throw refused('two entries have the same name');
    seen.add(folded);
    if (!name.endsWith('/')) entries.push(entryAt(data, at, { path: name, size, isExecutable: (mode & 0o111) !== 0 }));
    at = next;
  }
  return entries;
}

function endOf(data: Buffer): number {
  const least = Math.max(0, data.length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = data.length - END_BYTES; at >= least; at -= 1) {
    if (data.readUInt32LE(at) === END && at + END_BYTES + data.readUInt16LE(at + 20) === data.length) return at;
  }
  throw refused('it is not a ZIP archive');
}

function assertPath(name: string): void {
  if (name === '' || name.length > 1_024 || FOREIGN_PATH.test(name))
    throw refused('an entry has an absolute or invalid path');
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw refused('an entry leads out of the bundle');
}

function entryAt(data: Buffer, at: number, facts: Omit<ZipEntry, 'read'>): ZipEntry {
  const flags = data.readUInt16LE(at + 8);
  const method = data.readUInt16LE(at + 10);
  const crc = data.readUInt32LE(at + 16);
  const packed = data.readUInt32LE(at + 20);
  const offset = data.readUInt32LE(at + 42);
  if ((flags & 1) !== 0) throw refused('it is encrypted');
  if (method !== 0 && method !== 8) throw refused(`its compression method ${String(method)} is not supported`);
  const read = (): Uint8Array => {
    if (offset + 30 > data.length || data.readUInt32LE(offset) !== LOCAL) throw refused('an entry is damaged');
    const from = offset + 30 + data.readUInt16LE(offset + 26) + data.readUInt16LE(offset + 28);
    if (from + packed > data.length) throw refused('an entry is damaged');
    const raw = data.subarray(from, from + packed);
    const content = method === 0 ? raw : inflated(raw, facts.size);
    if (content.length !== facts.size || crc32(content) !== crc) throw refused('an entry is damaged');
    return content;
  };
  return { ...facts, read };
}

/** Stops at the size of the directory, so that a small entry cannot fill the memory. */
function inflated(raw: Uint8Array, size: number): Uint8Array {
  try {
    return inflateRawSync(raw, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new CliError('the bundle is refused: an entry is damaged or larger than it says', { cause });
  }
}
