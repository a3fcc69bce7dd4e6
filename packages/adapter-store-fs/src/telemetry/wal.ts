import { join } from 'node:path';
import { StoreError } from '@clarity-runtime/core';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { WAL, segmentName } from './wal-format.ts';
import { WalSegment } from './wal-segment.ts';

/** Runs tasks one at a time: each starts when the previous one has settled. */
export class SerialWriter {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** Length of the journal in bytes up to the end of this chunk. */
  readonly end: number;
}

/** Options of `Wal`. */
export interface WalOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** Number of the next finished segment. */
  readonly nextSegment: number;
  /** `telemetry.wal.jsonl` of an earlier process exists. */
  readonly hasLeftover: boolean;
}

/**
 * Journal in segments. If a write or a sync fails, writes the unsynced lines to a new segment. If that fails too, the
 * caller has the lines that were not appended, and the next call tries again.
 */
export class Wal {
  readonly #folder: string;
  readonly #files: FileOperations;
  readonly #writer = new SerialWriter();
  #segment: WalSegment | undefined;
  #unsynced: Chunk[] = [];
  #written = 0;
  #sinceRotation = 0;
  #nextSegment: number;
  #closed: StoreError | undefined;
  /** A file with the current name exists that this object does not write to. */
  #hasLeftover: boolean;

  constructor({ folder, files, nextSegment, hasLeftover }: WalOptions) {
    this.#folder = folder;
    this.#files = files;
    this.#nextSegment = nextSegment;
    this.#hasLeftover = hasLeftover;
  }

  /** Bytes written since the last rotation. */
  get size(): number {
    return this.#sinceRotation;
  }

  /** Appends lines and resolves when the operating system has them. On failure the journal contains none of them. */
  append(lines: string): Promise<void> {
    return this.#writer.run(async () => {
      const bytes = Buffer.from(lines);
      try {
        await (await this.#writable()).append(bytes);
      } catch (error) {
        const failure = storeFailure(error, WAL);
        if (failure.kind === 'exhausted' || failure.kind === 'closed') throw failure;
        await this.#retryOnNewSegment(() => this.#writable().then((segment) => segment.append(bytes)));
      }
      this.#written += bytes.length;
      this.#sinceRotation += bytes.length;
      this.#unsynced.push({ bytes, end: this.#written });
    });
  }

  /** Resolves when all appended lines are on disk and survive a power cut. */
  async sync(): Promise<void> {
    const upTo = this.#written;
    const segment = this.#segment;
    if (this.#unsynced.length === 0) return;
    if (segment !== undefined && !segment.isBroken) {
      try {
        await segment.datasync();
        this.#synced(upTo);
        return;
      } catch {
        // A new segment may already contain the lines, synced; the serial writer checks that.
      }
    }
    await this.#writer.run(() => this.#syncAgain(upTo));
  }

  /** Syncs the lines that are not on disk, and checks that the disk accepts more. @throws StoreError */
  async probe(): Promise<void> {
    await this.sync();
    await this.#writer.run(async () => {
      try {
        await (await this.#writable()).probe();
      } catch (error) {
        throw storeFailure(error, WAL);
      }
    });
  }

  /** Syncs and finishes the current segment. Returns the number of the next segment. */
  rotate(): Promise<number> {
    return this.#writer.run(async () => {
      if (this.#unsynced.length > 0) await this.#syncAgain(this.#written);
      await this.#finishSegment();
      this.#sinceRotation = 0;
      return this.#nextSegment;
    });
  }

  /** Closes the file. Later appends fail with `closed`. */
  async close(): Promise<void> {
    await this.#writer.run(async () => {
      this.#closed ??= new StoreError('closed', 'the telemetry is closed');
      await this.#segment?.close();
      this.#segment = undefined;
    });
  }

  async #syncAgain(upTo: number): Promise<void> {
    if (!this.#unsynced.some(({ end }) => end <= upTo)) return;
    const segment = this.#segment;
    const first = segment === undefined || segment.isBroken ? Promise.reject(new Error('failed')) : segment.datasync();
    await first.catch(() => this.#retryOnNewSegment(() => this.#writable().then((next) => next.datasync())));
    this.#synced(this.#written);
  }

  #synced(upTo: number): void {
    this.#unsynced = this.#unsynced.filter(({ end }) => end > upTo);
  }

  /** Tries once more on a new segment. */
  async #retryOnNewSegment(work: () => Promise<void>): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    try {
      await this.#finishSegment();
      await work();
    } catch (error) {
      throw storeFailure(error, WAL);
    }
  }

  /** Returns the current segment, or a new one that starts with all unsynced lines. */
  async #writable(): Promise<WalSegment> {
    if (this.#closed !== undefined) throw this.#closed;
    if (this.#segment?.isBroken === true) await this.#finishSegment();
    if (this.#segment !== undefined) return this.#segment;
    await this.#finishSegment();
    this.#hasLeftover = true;
    const segment = await WalSegment.create(this.#files, this.#folder);
    try {
      for (const { bytes } of this.#unsynced) await segment.append(bytes);
    } catch (error) {
      await segment.close();
      await this.#files.remove(join(this.#folder, WAL));
      throw error;
    }
    this.#segment = segment;
    return segment;
  }

  /** Renames the current file, also one of an earlier process, to the name of a finished segment. */
  async #finishSegment(): Promise<void> {
    await this.#segment?.close();
    this.#segment = undefined;
    if (!this.#hasLeftover) return;
    try {
      await this.#files.rename(join(this.#folder, WAL), join(this.#folder, segmentName(this.#nextSegment)));
      this.#nextSegment += 1;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    this.#hasLeftover = false;
  }
}
