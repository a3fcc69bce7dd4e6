import { readSync, writeSync, type BigIntStats, type Dirent } from 'node:fs';
import { IoError, OutputStream } from './streams.ts';

/** Maximum bytes of one read. */
export const MAX_READ = 1 << 20;
const NANOSECONDS = 1_000_000_000n;

/** The entries of a folder, without links (`wasi:filesystem/types`, resource `directory-entry-stream`). */
export class DirectoryEntryStream {
  readonly #entries: Iterator<Dirent>;

  constructor(entries: readonly Dirent[]) {
    this.#entries = entries[Symbol.iterator]();
  }

  readDirectoryEntry(): { readonly type: string; readonly name: string } | undefined {
    const next = this.#entries.next();
    return next.done === true ? undefined : { type: typeOf(next.value), name: next.value.name };
  }
}

/** Writes to a file from an offset. */
export class FileOutput extends OutputStream {
  readonly #fd: number;
  #at: number;

  constructor(fd: number, at: number) {
    super();
    this.#fd = fd;
    this.#at = at;
  }

  protected put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const from = done;
      done += streaming(() => writeSync(this.#fd, bytes, from, bytes.length - from, this.#at + from));
    }
    this.#at += bytes.length;
  }
}

/** Returns at most `MAX_READ` bytes of a file from an offset. */
export function readAt(fd: number, length: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, MAX_READ));
  return bytes.slice(0, readSync(fd, bytes, 0, bytes.length, offset));
}

/** Runs a system call of a stream. @throws IoError. */
export function streaming<Value>(work: () => Value): Value {
  try {
    return work();
  } catch {
    throw new IoError('the file cannot be read or written');
  }
}

/** Returns the `descriptor-type` of an entry. */
export const typeOf = (entry: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): string => {
  if (entry.isFile()) return 'regular-file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symbolic-link' : 'unknown';
};

const timeOf = (ns: bigint): unknown => ({ seconds: ns / NANOSECONDS, nanoseconds: Number(ns % NANOSECONDS) });

/** Returns the `descriptor-stat` of an entry. */
export const statOf = (stats: BigIntStats): unknown => ({
  type: typeOf(stats),
  linkCount: stats.nlink,
  size: stats.size,
  dataAccessTimestamp: timeOf(stats.atimeNs),
  dataModificationTimestamp: timeOf(stats.mtimeNs),
  statusChangeTimestamp: timeOf(stats.ctimeNs),
});

export const hashOf = ({ ino, dev, mtimeNs }: BigIntStats): { readonly lower: bigint; readonly upper: bigint } => ({
  lower: BigInt.asUintN(64, ino ^ (mtimeNs << 7n)),
  upper: BigInt.asUintN(64, dev),
});
