import { join } from 'node:path';
import type { FileOperations, OpenFile } from '../files/file-operations.ts';
import { WAL } from './wal-format.ts';

const PROBE_BYTES = 4_096;

/** The current file of the journal. It contains complete lines only: a partial write is truncated. */
export class WalSegment {
  readonly #file: OpenFile;
  #length = 0;
  #isBroken = false;

  private constructor(file: OpenFile) {
    this.#file = file;
  }

  /** Creates the file. Resolves when its folder entry is on disk. */
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

  /** True after a failed truncation or sync: further lines would be lost with the damaged one. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Appends bytes. If the write fails, truncates the file to its length before. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      await this.#file.write(bytes, this.#length);
      this.#length += bytes.length;
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => {
        this.#isBroken = true;
      });
      throw error;
    }
  }

  /** Writes and syncs 4 KiB behind the last line, and removes them. @throws the error of the file system. */
  async probe(): Promise<void> {
    try {
      await this.#file.write(new Uint8Array(PROBE_BYTES), this.#length);
      await this.#file.datasync();
      await this.#file.truncate(this.#length);
    } catch (error) {
      await this.#file.truncate(this.#length).catch(() => undefined);
      this.#isBroken = true;
      throw error;
    }
  }

  /** Syncs the file. After a failure the segment is broken: a second fsync may report success for dropped pages. */
  async datasync(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}
