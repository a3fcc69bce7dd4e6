import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildRecord } from '@clarity-runtime/adapter-stdio';
import { readDigested, withDigest, type StateTrust } from '@clarity-runtime/adapter-store-fs';
import { z } from 'zod';

const NAME = 'children.json';
const records = z.object({
  children: z.array(
    z.object({ serviceId: z.string(), pid: z.int().positive(), startedAt: z.string(), bootId: z.string().optional() }),
  ),
});

/**
 * Records the running child processes in a file of the workspace, so that the next daemon can end processes of a killed
 * one.
 */
export class ChildRecords implements AsyncDisposable {
  readonly #path: string;
  readonly #marks: StateTrust['marks'] | undefined;
  #newest: readonly ChildRecord[] | undefined;
  #writing: Promise<void> | undefined;

  /** `folder` is the workspace's `.clarity/runtime`. Without `trust` the marks are ignored. */
  constructor(folder: string, trust?: Pick<StateTrust, 'marks'>) {
    this.#path = join(folder, NAME);
    this.#marks = trust?.marks;
  }

  /**
   * Returns the records of an earlier boot. Returns none when the file is absent, damaged or without the mark of this user:
   * no process is ended without proof.
   */
  async read(): Promise<readonly ChildRecord[]> {
    try {
      const bytes = await readFile(this.#path);
      if (this.#marks !== undefined && this.#marks.judge(NAME, bytes).kind !== 'valid') return [];
      return records.parse(readDigested(bytes)).children;
    } catch {
      return [];
    }
  }

  /** Writes in the background, the newest set only. A full disk does not end running services. */
  keep(children: readonly ChildRecord[]): void {
    this.#newest = children;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#newest !== undefined) {
      const bytes = withDigest({ version: 1, children: this.#newest });
      this.#newest = undefined;
      await (this.#marks?.save(NAME, bytes, (marked) => this.#replace(marked)) ?? this.#replace(bytes)).catch(
        () => undefined,
      );
    }
  }

  async #replace(bytes: Uint8Array): Promise<void> {
    // `wx` follows no link that another program put in the place of the temporary file.
    const temporary = `${this.#path}.tmp-${randomBytes(6).toString('hex')}`;
    await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
    await rename(temporary, this.#path);
  }
}
