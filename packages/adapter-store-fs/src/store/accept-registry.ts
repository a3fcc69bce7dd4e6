import { join } from 'node:path';
import { StoreError, type Manifest, type ServiceRecord } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import type { RegistryState } from '@clarity-runtime/core/registry';
import { writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { encodeRegistry, readRegistry } from '../registry/registry-file.ts';
import { storeFailure } from '../files/store-failure.ts';
import { acquireDaemonLock } from './daemon-lock.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';

export interface AcceptRegistryOptions {
  /** The folder of the workspace. */
  readonly root: string;
  /** Throws when a manifest is not valid, and says why. */
  readonly validate?: (manifest: unknown) => void;
  readonly files?: FileOperations;
  readonly now?: () => Date;
}

export interface AcceptedRegistry {
  readonly services: number;
  /** The exact bytes that stood there. */
  readonly backup: string;
}

/**
 * Takes a `registry.json` that was edited by hand: keeps its bytes, checks every record, and signs it anew. Every record
 * gets a new revision. Refuses with `conflict` while a daemon holds the workspace and with `invalid` what does not hold.
 */
export async function acceptRegistry(options: AcceptRegistryOptions): Promise<AcceptedRegistry> {
  const { root, validate = () => undefined, files = nodeFiles, now = () => new Date() } = options;
  const folder = runtimeFolder(root);
  const path = join(folder, 'registry.json');
  try {
    const bytes = await files.read(path);
    await using lock = await acquireDaemonLock({ folder, files });
    const state = resigned(readRegistry(bytes).state, now(), lock.holder.instance);
    check(
      [...state.records.values()].map(({ value }) => value),
      validate,
    );
    const backup = `${path}.edited-${String(now().getTime())}`;
    await writeAtomically(files, { path: backup, bytes });
    await writeAtomically(files, { path, bytes: encodeRegistry(state, now()) });
    return { services: state.records.size, backup };
  } catch (error) {
    throw storeFailure(error, path);
  }
}

function resigned({ changes, records }: RegistryState, at: Date, op: string): RegistryState {
  const items = [...records.entries()].map(([serviceId, item], index) => {
    const revision = `r${String(changes + index + 1)}`;
    return [serviceId, { ...item, revision, writtenAt: at.toISOString(), op: `accept-${op}` }] as const;
  });
  return { changes: changes + items.length, records: new Map(items) };
}

function check(records: readonly ServiceRecord[], validate: (manifest: unknown) => void): void {
  const namespaces = new Set<string>();
  for (const { serviceId, namespace, manifest } of records) {
    const refuse = (reason: string, cause?: unknown): StoreError =>
      new StoreError('invalid', `${serviceId}: ${reason}`, { cause });
    if (namespaces.has(namespace)) throw refuse(`the namespace ${namespace} is used twice`);
    namespaces.add(namespace);
    try {
      validate(manifest);
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : 'the manifest is not valid', error);
    }
    if (derivedId(manifest) !== serviceId) throw refuse('the id does not follow from the manifest');
  }
}

function derivedId(manifest: Manifest): string | undefined {
  try {
    return deriveServiceId(manifest);
  } catch {
    return undefined;
  }
}
