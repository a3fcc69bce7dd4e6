import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { emptyRegistry, MemoryServiceRegistry, type RegistryState } from '@clarity-runtime/core/memory';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { sweepTemporaries, writeAtomically } from './atomic-file.ts';
import { nodeFiles, type FileOperations } from './file-operations.ts';
import { encodeRegistry, notAsWritten, readRegistry, type ReadRegistry } from './registry-file.ts';
import { RegistryWriter } from './registry-writer.ts';
import { codeOf, storeFailure } from './store-failure.ts';

export interface FsServiceRegistryOptions {
  /** Created with mode 0700 when it is not there. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly now?: () => Date;
  /** Told when a damaged file was put aside and its good copy taken. */
  readonly onRecovered?: (what: { readonly damaged: string; readonly reason: string }) => void;
}

/** `registry.json` in a folder: read once, then memory is the truth and every change is on disk before it is answered. */
export async function fsServiceRegistry(options: FsServiceRegistryOptions): Promise<ServiceRegistry> {
  const { folder, files = nodeFiles, now = () => new Date() } = options;
  const path = join(folder, 'registry.json');
  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
    await sweepTemporaries(files, path);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  const state = await load(path, options);
  const writer = new RegistryWriter(state, async (next) => {
    try {
      await writeAtomically(files, { path, bytes: encodeRegistry(next, now()), keepPrevious: true });
    } catch (error) {
      throw storeFailure(error, path);
    }
  });
  return new MemoryServiceRegistry({
    get state() {
      return writer.state;
    },
    capabilities: { durable: 'power', watch: 'push', maxValueBytes: 256 * 1024 },
    commit: (change) => writer.commit(change),
    close: () => writer.close(),
    now,
  });
}

async function load(path: string, options: FsServiceRegistryOptions): Promise<RegistryState> {
  const { files = nodeFiles, now = () => new Date() } = options;
  const rewrite = async (state: RegistryState, keepPrevious: boolean): Promise<void> => {
    try {
      await writeAtomically(files, { path, bytes: encodeRegistry(state, now()), keepPrevious });
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const main = await read(path, files);
  if (main !== undefined && !isStoreError(main)) {
    // Once: what has no digest is believed, and has one from then on.
    if (main.signature === 'aged') await rewrite(main.state, true);
    return main.state;
  }
  const copy = await read(`${path}.bak`, files);
  if (main === undefined && copy === undefined) return emptyRegistry;
  if (copy === undefined || isStoreError(copy)) {
    const about = copy === undefined ? 'there is no copy' : `its copy is damaged too (${copy.message})`;
    throw new StoreError('corrupt', `${path}: ${main?.message ?? 'missing'}; ${about}`);
  }
  const damaged = `${path}.damaged-${String(now().getTime())}`;
  if (main !== undefined) await files.rename(path, damaged);
  options.onRecovered?.({ damaged, reason: main?.message ?? `${path} was missing` });
  await rewrite(copy.state, false);
  return copy.state;
}

/** `undefined` when there is no file; an error value when it is damaged. That it cannot be read is never taken for absence. */
async function read(path: string, files: FileOperations): Promise<ReadRegistry | StoreError | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  try {
    const found = readRegistry(bytes);
    return found.signature === 'stranger' ? notAsWritten() : found;
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}
