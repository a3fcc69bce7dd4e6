import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Part of each key: a change of the transpiler or of its options makes other programs. */
const VERSION = 'jco-transpile 0.15.0, 1';
const MAX_ENTRIES = 64;
const DIGEST_BYTES = 32;
const SUFFIX = '.component';

/**
 * Transpiled components on disk, by the digest of the component. Entries are code, so the folder belongs to the user and is
 * no part of a workspace that can be copied. A damaged entry counts as absent; a folder that cannot be written has no effect.
 */
export class ProgramCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns the program of a component; undefined when it is not stored, or damaged. */
  async read(component: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      const stored = await readFile(this.#path(component));
      const program = stored.subarray(DIGEST_BYTES);
      return stored.subarray(0, DIGEST_BYTES).equals(digest(program)) ? program : undefined;
    } catch {
      return undefined;
    }
  }

  /** Stores a program. Removes the oldest ones above the maximum. */
  async write(component: Uint8Array, program: Uint8Array): Promise<void> {
    const path = this.#path(component);
    const draft = `${path}.${randomUUID()}`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, [digest(program), program], { mode: 0o600, flag: 'wx' });
      await rename(draft, path);
      await this.#prune();
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  #path(component: Uint8Array): string {
    const key = createHash('sha256').update(VERSION).update(component).digest('hex');
    return join(this.#folder, `${key}${SUFFIX}`);
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter((name) => name.includes(SUFFIX));
    if (names.length <= MAX_ENTRIES) return;
    const paths = names.map((name) => join(this.#folder, name));
    const dated = await Promise.all(paths.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
    dated.sort((one, two) => one.at - two.at);
    for (const { path } of dated.slice(0, -MAX_ENTRIES)) await rm(path, { force: true });
  }
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
