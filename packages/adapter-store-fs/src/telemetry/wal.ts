import { join } from 'node:path';
import type { FileOperations, OpenFile } from '../files/file-operations.ts';
import { WAL, segmentName } from './wal-format.ts';
import { StoreError } from '@clarity-runtime/core';
import { codeOf, storeFailure } from '../files/store-failure.ts';

/** Runs what it is given one after the other, each when the one before has settled. */
export class SerialWriter {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** The file that the journal is written to now. Only whole lines stay in it: what fails half-way is cut off again. */
export class WalSegment {
  readonly #file: OpenFile;
  #length = 0;
  #broken = false;

  private constructor(file: OpenFile) {
    this.#file = file;
  }

  /** A new file; its name is on disk when this resolves. */
  static async create(files: FileOperations, folder: string): Promise<WalSegment> {
    const file = await files.create(join(folder, WAL));
    try {
      await files.syncFolder(folder);
    } catch (error) {
      await file.close().catch(() => undefined);
      await files.remove(join(folder, WAL)).catch(() => undefined);
      throw error;
    }
    return new WalSegment(file);
  }

  /** What follows a failed line would be lost with it, so nothing may follow. */
  get broken(): boolean {
    return this.#broken;
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(bytes, this.#length);
      this.#length += bytes.length;
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => {
        this.#broken = true;
      });
      throw error;
    }
  }

  /** After a failure the kernel may have dropped the pages and would report success: this segment is never asked again. */
  async datasync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** Bytes of the whole journal up to its end. */
  readonly end: number;
}

export interface WalOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** The number that the next finished segment gets. */
  readonly nextSegment: number;
  /** Whether a file of an earlier process stands at the current name. */
  readonly leftover: boolean;
}

/**
 * The journal: appended to by one, synced by another, in segments. A segment that fails is left and what was not synced
 * yet is written again to a new one; a failure there ends the writing for good, which `readOnly` says.
 */
export class Wal {
  readonly #folder: string;
  readonly #files: FileOperations;
  readonly #lane = new SerialWriter();
  #segment: WalSegment | undefined;
  #unsynced: Chunk[] = [];
  #written = 0;
  #sinceRotation = 0;
  #nextSegment: number;
  #readOnly: StoreError | undefined;
  /** Whether a file stands at the current name that this object does not write to. */
  #leftover: boolean;

  constructor({ folder, files, nextSegment, leftover }: WalOptions) {
    this.#folder = folder;
    this.#files = files;
    this.#nextSegment = nextSegment;
    this.#leftover = leftover;
  }

  /** Bytes since the last rotation. */
  get size(): number {
    return this.#sinceRotation;
  }

  get readOnly(): StoreError | undefined {
    return this.#readOnly;
  }

  /** Resolves when the lines are with the operating system; on a failure none of them is in the journal. */
  append(lines: string): Promise<void> {
    return this.#lane.run(async () => {
      const bytes = Buffer.from(lines);
      try {
        await (await this.#writable()).append(bytes);
      } catch (error) {
        const failure = storeFailure(error, WAL);
        if (failure.kind === 'exhausted') throw failure;
        await this.#again(() => this.#writable().then((segment) => segment.append(bytes)));
      }
      this.#written += bytes.length;
      this.#sinceRotation += bytes.length;
      this.#unsynced.push({ bytes, end: this.#written });
    });
  }

  /** Resolves when everything that was appended before would survive a power cut. */
  async sync(): Promise<void> {
    const upTo = this.#written;
    const segment = this.#segment;
    if (this.#unsynced.length === 0) return;
    if (segment !== undefined && !segment.broken) {
      try {
        await segment.datasync();
        this.#synced(upTo);
        return;
      } catch {
        // Another segment may have taken over meanwhile, with all of it synced; the lane knows.
      }
    }
    await this.#lane.run(() => this.#syncAgain(upTo));
  }

  /** Ends the current segment, synced; returns the number of the first segment that is not finished. */
  rotate(): Promise<number> {
    return this.#lane.run(async () => {
      if (this.#unsynced.length > 0) await this.#syncAgain(this.#written);
      await this.#retire();
      this.#sinceRotation = 0;
      return this.#nextSegment;
    });
  }

  /** Nothing is written any more, not even what was waiting for room. */
  async close(): Promise<void> {
    await this.#lane.run(async () => {
      this.#readOnly ??= new StoreError('closed', 'the telemetry is closed');
      await this.#segment?.close();
      this.#segment = undefined;
    });
  }

  async #syncAgain(upTo: number): Promise<void> {
    if (!this.#unsynced.some(({ end }) => end <= upTo)) return;
    const segment = this.#segment;
    const first = segment === undefined || segment.broken ? Promise.reject(new Error('failed')) : segment.datasync();
    await first.catch(() => this.#again(() => this.#writable().then((next) => next.datasync())));
    this.#synced(this.#written);
  }

  #synced(upTo: number): void {
    this.#unsynced = this.#unsynced.filter(({ end }) => end > upTo);
  }

  /** The second try on a new segment, and the last: a disk that fails twice is not written to any more. */
  async #again(work: () => Promise<void>): Promise<void> {
    if (this.#readOnly !== undefined) throw this.#readOnly;
    try {
      await this.#retire();
      await work();
    } catch (error) {
      const failure = storeFailure(error, WAL);
      if (failure.kind !== 'exhausted') this.#readOnly = failure;
      throw failure;
    }
  }

  /** The current segment, or a new one that begins with everything that is not synced yet. */
  async #writable(): Promise<WalSegment> {
    if (this.#readOnly !== undefined) throw this.#readOnly;
    if (this.#segment?.broken === true) await this.#retire();
    if (this.#segment !== undefined) return this.#segment;
    await this.#retire();
    this.#leftover = true;
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

  /** Gives the current file, whoever wrote it, a number of its own. */
  async #retire(): Promise<void> {
    await this.#segment?.close();
    this.#segment = undefined;
    if (!this.#leftover) return;
    try {
      await this.#files.rename(join(this.#folder, WAL), join(this.#folder, segmentName(this.#nextSegment)));
      this.#nextSegment += 1;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    this.#leftover = false;
  }
}
