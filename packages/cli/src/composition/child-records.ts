import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildRecord } from '@clarity-runtime/adapter-stdio';
import { z } from 'zod';

const records = z.array(
  z.object({ serviceId: z.string(), pid: z.int().positive(), startedAt: z.string(), bootId: z.string().optional() }),
);

/**
 * Records the running child processes in a file of the workspace, so that the next daemon can end processes of a killed
 * one.
 */
export class ChildRecords implements AsyncDisposable {
  readonly #path: string;
  #newest: readonly ChildRecord[] | undefined;
  #writing: Promise<void> | undefined;

  /** `folder` is the workspace's `.clarity/runtime`. */
  constructor(folder: string) {
    this.#path = join(folder, 'children.json');
  }

  /**
   * Returns the records of an earlier boot. Returns none when the file is absent or damaged: no process is ended
   * without proof.
   */
  async read(): Promise<readonly ChildRecord[]> {
    try {
      return records.parse(JSON.parse(await readFile(this.#path, 'utf8')));
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
      const text = `${JSON.stringify(this.#newest)}\n`;
      this.#newest = undefined;
      // `wx` follows no link that another program put in the place of the temporary file.
      const temporary = `${this.#path}.tmp-${randomBytes(6).toString('hex')}`;
      await writeFile(temporary, text, { mode: 0o600, flag: 'wx' })
        .then(() => rename(temporary, this.#path))
        .catch(() => undefined);
    }
  }
}
