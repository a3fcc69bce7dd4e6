import { lstat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@clarity-runtime/core/ports';
import type { FileOperations } from '../files/file-operations.ts';

/** Age below which an artifact stays: a registration writes its artifacts before its record. */
const GRACE_MS = 24 * 3_600_000;
const INTERVAL_MS = 6 * 3_600_000;
const ARTIFACT = /^([0-9a-f]{64})\.(?:wasm|interface\.json)$/;
/** Files with records of services, also those of an earlier version, of a backup, and of kinds that this version does not know. */
const RECORDS = /^(?:registry|state|policies)\./;
const DIGEST = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Options of `collectArtifacts`. */
export interface ArtifactCollectorOptions {
  /** `<root>/.clarity/runtime`. */
  readonly folder: string;
  readonly files: FileOperations;
  readonly clock: Clock;
}

/**
 * Deletes the stored artifacts that no record names and that are older than 24 hours. Returns their names. A digest
 * anywhere in the files of records keeps its artifact. Deletes nothing when such a file cannot be read.
 */
export async function collectArtifacts({ folder, files, clock }: ArtifactCollectorOptions): Promise<readonly string[]> {
  const artifacts = join(folder, 'artifacts');
  const stored = (await files.list(artifacts).catch(() => [])).filter((name) => ARTIFACT.test(name));
  if (stored.length === 0) return [];
  const used = new Set<string>();
  for (const name of (await files.list(folder)).filter((each) => RECORDS.test(each))) {
    const text = Buffer.from(await files.read(join(folder, name))).toString('latin1');
    for (const [digest] of text.matchAll(DIGEST)) used.add(digest);
  }
  const removed: string[] = [];
  for (const name of stored) {
    if (used.has(ARTIFACT.exec(name)?.[1] ?? '')) continue;
    const path = join(artifacts, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile() !== true || clock.wall().getTime() - stats.mtimeMs < GRACE_MS) continue;
    await unlink(path).then(
      () => removed.push(name),
      () => undefined,
    );
  }
  return removed;
}

/** Collects artifacts at once and every 6 hours until it is disposed. */
export class ArtifactCollector implements AsyncDisposable {
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: ArtifactCollectorOptions) {
    this.#done = this.#run(options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    return this.#done;
  }

  async #run(options: ArtifactCollectorOptions): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await collectArtifacts(options).catch(() => undefined);
      await options.clock.after(INTERVAL_MS, signal);
    }
  }
}
