import { join } from 'node:path';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';

const OWN =
  /^(registry\.json|policies\.json|telemetry\.json|telemetry\.wal\.|daemon\.lock|boot\.json|session\.key|[a-f0-9]{64}\.)/;
const TEMPORARY = /\.tmp-[\w-]+$/;
const CLAIM = /^daemon\.lock\.claim-[a-f0-9]{12}$/;

/** Removes what interrupted writes of ours left in a folder; nobody else's files. Returns their names. */
export async function sweepFolder(files: FileOperations, folder: string): Promise<readonly string[]> {
  const names = await listed(files, folder);
  const left = names.filter((name) => OWN.test(name) && (TEMPORARY.test(name) || CLAIM.test(name)));
  for (const name of left) await files.remove(join(folder, name));
  return left;
}

/** Our files can be read by nobody else, also when they were made otherwise. */
export async function restrictFiles(files: FileOperations, folder: string): Promise<void> {
  const names = await listed(files, folder);
  for (const name of names.filter((own) => OWN.test(own))) {
    await files.restrict(join(folder, name), 0o600).catch(unlessGone);
  }
}

async function listed(files: FileOperations, folder: string): Promise<readonly string[]> {
  try {
    return await files.list(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function unlessGone(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
