import { join } from 'node:path';
import type { FileOperations, OpenFile } from '../files/file-operations.ts';
import { WAL } from './wal-names.ts';

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
