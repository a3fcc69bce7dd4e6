import { join } from 'node:path';
import { StoreError, type Manifest, type ServiceRecord } from '@clarity-runtime/core';
import { deriveServiceId, systemCaller } from '@clarity-runtime/core/internal';
import { writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { readRegistry } from '../registry/registry-file.ts';
import { openState } from '../registry/open-state.ts';
import { storeFailure } from '../files/store-failure.ts';
import { acquireDaemonLock } from './daemon-lock.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';

/** Options of `acceptRegistry`. */
export interface AcceptRegistryOptions {
  /** Root folder of the workspace. */
  readonly root: string;
  /** Throws an error with the reason when a manifest is not valid. */
  readonly validate?: (manifest: unknown) => void;
  readonly files?: FileOperations;
  readonly now?: () => Date;
}

/** Result of `acceptRegistry`. */
export interface AcceptedRegistry {
  /** Number of services. */
  readonly services: number;
  /** Path of the file with the edited bytes. */
  readonly backup: string;
}

/**
 * Accepts a `registry.json` that was edited by hand: keeps its bytes in a backup, checks every record, gives each a new
 * revision and writes the file with a new digest.
 * @throws StoreError `conflict` while a daemon uses the workspace; `invalid` when a record is not valid; `corrupt` when
 * the file is not a registry.
 */
export async function acceptRegistry(options: AcceptRegistryOptions): Promise<AcceptedRegistry> {
  const { root, validate = () => undefined, files = nodeFiles, now = () => new Date() } = options;
  const folder = runtimeFolder(root);
  const path = join(folder, 'registry.json');
  try {
    const bytes = await files.read(path);
    await using lock = await acquireDaemonLock({ folder, files });
    const { state: edited } = readRegistry(bytes);
    check(
      [...edited.records.values()].map(({ value }) => value),
      validate,
    );
    const backup = `${path}.edited-${String(now().getTime())}`;
    await writeAtomically(files, { path: backup, bytes });
    await using state = await openState({ folder, files, now }, edited);
    const { items } = await state.services.list('default');
    for (const { value } of items) {
      const op = `accept-${lock.holder.instance}-${value.serviceId}`;
      await state.services.put('default', value, 'any', { caller: systemCaller, op });
    }
    await state.fold();
    return { services: items.length, backup };
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function check(records: readonly ServiceRecord[], validate: (manifest: unknown) => void): void {
  const namespaces = new Set<string>();
  for (const { serviceId, namespace, manifest } of records) {
    const invalid = (reason: string, cause?: unknown): StoreError =>
      new StoreError('invalid', `${serviceId}: ${reason}`, { cause });
    if (namespaces.has(namespace)) throw invalid(`namespace '${namespace}' is used twice`);
    namespaces.add(namespace);
    try {
      validate(manifest);
    } catch (error) {
      throw invalid(error instanceof Error ? error.message : 'the manifest is not valid', error);
    }
    if (derivedId(manifest) !== serviceId) throw invalid('the id does not match the manifest');
  }
}

function derivedId(manifest: Manifest): string | undefined {
  try {
    return deriveServiceId(manifest);
  } catch {
    return undefined;
  }
}
