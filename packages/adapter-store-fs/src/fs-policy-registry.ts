import { join } from 'node:path';
import { isStoreError, StoreError, type PolicyDocument } from '@clarity-runtime/core';
import { emptyRegistry, MemoryPolicyRegistry, type RegistryState } from '@clarity-runtime/core/memory';
import type { PolicyRegistry } from '@clarity-runtime/core/ports';
import { sweepTemporaries, writeAtomically } from './atomic-file.ts';
import { nodeFiles, type FileOperations } from './file-operations.ts';
import { encodePolicies, readPolicies } from './policy-file.ts';
import { RegistryWriter } from './registry-writer.ts';
import { codeOf, storeFailure } from './store-failure.ts';

export interface FsPolicyRegistryOptions {
  /** Created with mode 0700 when it is not there. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly now?: () => Date;
}

/**
 * `policies.json` in a folder, with the one before as `policies.json.bak`: read once, then memory is the truth and every
 * change is on disk before it is answered. A damaged file is refused with `corrupt` unless its copy is whole.
 */
export async function fsPolicyRegistry(options: FsPolicyRegistryOptions): Promise<PolicyRegistry> {
  const { folder, files = nodeFiles, now = () => new Date() } = options;
  const path = join(folder, 'policies.json');
  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
    await sweepTemporaries(files, path);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  const writer = new RegistryWriter<PolicyDocument>(await load(path, files), async (next) => {
    try {
      await writeAtomically(files, { path, bytes: encodePolicies(next, now()), keepPrevious: true });
    } catch (error) {
      throw storeFailure(error, path);
    }
  });
  return new MemoryPolicyRegistry({
    get state() {
      return writer.state;
    },
    capabilities: { durable: 'power', watch: 'poll', maxValueBytes: 256 * 1024 },
    commit: (change) => writer.commit(change),
    close: () => writer.close(),
    now,
  });
}

async function load(path: string, files: FileOperations): Promise<RegistryState<PolicyDocument>> {
  const main = await read(path, files);
  if (main !== undefined && !isStoreError(main)) return main;
  const copy = await read(`${path}.bak`, files);
  if (copy !== undefined && !isStoreError(copy)) return copy;
  if (main === undefined && copy === undefined) return emptyRegistry;
  throw new StoreError('corrupt', `${path}: ${main?.message ?? 'missing'}, and its copy cannot be used either`);
}

/** `undefined` when there is no file; an error value when it is damaged. */
async function read(
  path: string,
  files: FileOperations,
): Promise<RegistryState<PolicyDocument> | StoreError | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  try {
    return readPolicies(bytes);
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}
