import { realpath } from 'node:fs/promises';
import type { AuditHead } from '@clarity-runtime/core/ports';
import { nodeFiles } from '../files/file-operations.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';
import { WorkspaceRecords } from '../trust/workspace-record.ts';
import { readBoot } from './boot-counter.ts';

/** Options of `recordedHead`. */
export interface RecordedHeadOptions {
  /** Root folder of the workspace. */
  readonly root: string;
  /** Folder of the workspace records of this user. */
  readonly state: string;
}

/**
 * Returns the newest link of the audit chain that this user has recorded outside of a workspace; undefined without a record
 * for this folder. A workspace that has lost its id has the newest record for its path.
 * @throws StoreError when a record cannot be read.
 */
export async function recordedHead({ root, state }: RecordedHeadOptions): Promise<AuditHead | undefined> {
  const path = await realpath(root);
  const records = new WorkspaceRecords(state);
  const boot = await readBoot(nodeFiles, runtimeFolder(root));
  const found = boot === undefined ? await records.all() : [await records.find(boot.instance)];
  const heads = found.flatMap((record) => (record?.path === path && record.audit !== undefined ? [record.audit] : []));
  return heads.sort((a, b) => b.seq - a.seq)[0];
}
