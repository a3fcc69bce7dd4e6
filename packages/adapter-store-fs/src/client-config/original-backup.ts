import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import { readClientFile, type FileSnapshot } from './client-file.ts';
import type { ConfigText, EntryEdit } from './config-text.ts';

const backupOf = (path: string): string => `${path}.before-clarity`;

/** Keeps the exact bytes of the file before our first change. One that is there already stays: it is the older one. */
export async function backUpOriginal(
  files: FileOperations,
  path: string,
  { bytes, mode }: FileSnapshot,
): Promise<void> {
  if (bytes === undefined || (await readBackup(path)) !== undefined) return;
  await writeAtomically(files, { path: backupOf(path), bytes, mode });
}

/**
 * The text as it was before our entry came, if nothing else has changed since: what our entry makes of it is what stands
 * there now. Null when there was no file. Undefined when that cannot be said.
 */
export async function originalOf(
  path: string,
  now: FileSnapshot,
  config: ConfigText,
): Promise<string | null | undefined> {
  const set = config.entry(now.text);
  if (set === undefined) return undefined;
  const edit = { set, drop: [] } as unknown as EntryEdit;
  const backup = await readBackup(path);
  const before = backup?.text ?? '';
  if (backup !== undefined && backup.bom !== now.bom) return undefined;
  try {
    if (config.entry(before) !== undefined) return undefined;
    if (config.put(before, edit) !== now.text) return undefined;
  } catch {
    return undefined;
  }
  return backup === undefined ? null : before;
}

/** Once the original stands there again, its copy has done its work. */
export async function deleteBackup(files: FileOperations, path: string, text: string, bom: string): Promise<void> {
  const backup = await readBackup(path);
  if (backup?.text === text && backup.bom === bom) await files.remove(backupOf(path));
}

async function readBackup(path: string): Promise<FileSnapshot | undefined> {
  try {
    const backup = await readClientFile(backupOf(path));
    return backup.bytes === undefined ? undefined : backup;
  } catch (error) {
    if (codeOf(error) !== undefined) throw error;
    return undefined;
  }
}
