import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChildRecord } from '@clarity-runtime/adapter-stdio';
import { z } from 'zod';

const records = z.array(z.object({ serviceId: z.string(), pid: z.int().positive(), startedAt: z.string() }));

/** Which child processes run, in a file of the workspace, so that a daemon that was killed is cleaned up after. */
export class ChildRecords implements AsyncDisposable {
  readonly #path: string;
  #newest: readonly ChildRecord[] | undefined;
  #writing: Promise<void> | undefined;

  /** `folder` is the workspace's `.clarity/runtime`. */
  constructor(folder: string) {
    this.#path = join(folder, 'children.json');
  }

  /** What an earlier boot wrote; nothing when it is absent or damaged, because nothing is ended without proof. */
  async read(): Promise<readonly ChildRecord[]> {
    try {
      return records.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      return [];
    }
  }

  /** Writes soon; of several sets that come meanwhile only the newest. A full disk does not end what runs. */
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
      const temporary = `${this.#path}.tmp`;
      await writeFile(temporary, text, { mode: 0o600 })
        .then(() => rename(temporary, this.#path))
        .catch(() => undefined);
    }
  }
}
