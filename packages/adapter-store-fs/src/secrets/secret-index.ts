import { join } from 'node:path';
import { StoreError } from '@clarity-runtime/core';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { readDigested, withDigest } from '../trust/state-marks.ts';
import type { StateTrust } from '../trust/state-trust.ts';
import { scopeEntry, type ScopeEntry } from './secret-sidecar.ts';

/** Label and name of the file. */
const NAME = 'secrets.json';
const document = z.object({ version: z.literal(1), secrets: z.record(z.string(), z.array(scopeEntry).min(1).max(3)) });

/** Dependencies of `SecretIndex`. */
export interface SecretIndexOptions {
  /** Folder of the state files. */
  readonly folder: string;
  readonly files: FileOperations;
  readonly trust: StateTrust;
}

/**
 * The digests and destinations of all secrets of a workspace in `secrets.json`, which has a mark and a copy `.bak`. A value
 * is used only if its digest is here. During a write of a value, its entries are those of the old and of the new one.
 */
export class SecretIndex {
  readonly #options: SecretIndexOptions;
  #entries: ReadonlyMap<string, readonly ScopeEntry[]>;
  #isNew: boolean;
  #isWhole = true;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: SecretIndexOptions, read: ReadonlyMap<string, readonly ScopeEntry[]> | undefined) {
    this.#options = options;
    this.#entries = read ?? new Map();
    this.#isNew = read === undefined;
  }

  /** Reads the file and judges its mark. A file that does not verify is replaced by its copy. @throws StoreError when it cannot be read. */
  static async open(options: SecretIndexOptions): Promise<SecretIndex> {
    const path = join(options.folder, NAME);
    const copies = await Promise.all([path, `${path}.bak`].map((name) => readIfThere(options.files, name)));
    const [first, ...others] = copies.filter((bytes) => bytes !== undefined && contentOf(bytes) !== undefined);
    if (first === undefined) return new SecretIndex(options, undefined);
    const used = options.trust.marks.verified(NAME, [first, ...others] as [Uint8Array, ...Uint8Array[]]);
    options.trust.judge(NAME, used);
    const index = new SecretIndex(options, new Map(Object.entries(contentOf(used)?.secrets ?? {})));
    index.#isWhole = copies.every((bytes) => bytes !== undefined && Buffer.compare(bytes, used) === 0);
    return index;
  }

  /** Writes the file and its copy again if one of them was damaged. @throws StoreError */
  async repair(): Promise<void> {
    if (!this.#isWhole) await this.set(new Map());
  }

  /** The workspace has no index: an earlier version wrote its secrets, or it has none. */
  get isNew(): boolean {
    return this.#isNew;
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Returns the entries of a secret, oldest first. */
  of(name: string): readonly ScopeEntry[] {
    return this.#entries.get(name) ?? [];
  }

  /** Replaces the entries of secrets; none removes a secret. @throws StoreError; the index is then unchanged. */
  set(changes: ReadonlyMap<string, readonly ScopeEntry[]>): Promise<void> {
    const done = this.#last.then(() => this.#write(changes));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(changes: ReadonlyMap<string, readonly ScopeEntry[]>): Promise<void> {
    const { folder, files, trust } = this.#options;
    const path = join(folder, NAME);
    const next = new Map([...this.#entries, ...changes]);
    for (const [name, entries] of changes) if (entries.length === 0) next.delete(name);
    const secrets = Object.fromEntries([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
    try {
      await trust.marks.save(NAME, withDigest({ version: 1, secrets }), async (bytes) => {
        for (const name of [`${path}.bak`, path]) await writeAtomically(files, { path: name, bytes });
      });
    } catch (error) {
      const { kind } = storeFailure(error, path);
      throw new StoreError(kind, `${NAME} cannot be written (${codeOf(error) ?? 'failed'})`, { cause: error });
    }
    this.#entries = next;
    this.#isNew = false;
    this.#isWhole = true;
  }
}

const contentOf = (bytes: Uint8Array): z.output<typeof document> | undefined =>
  document.safeParse(readDigested(bytes)).data;

async function readIfThere(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
}
