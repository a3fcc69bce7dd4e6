import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import { readClientFile, type FileSnapshot } from './client-file.ts';
import type { ConfigText, EntryEdit } from './config-text.ts';

const backupOf = (path: string): string => `${path}.before-clarity`;

/** Writes the bytes of the file before our first change to `<path>.before-clarity`. An existing backup stays. */
export async function backUpOriginal(
  files: FileOperations,
  path: string,
  { bytes, mode }: FileSnapshot,
): Promise<void> {
  if (bytes === undefined || (await readBackup(path)) !== undefined) return;
  await writeAtomically(files, { path: backupOf(path), bytes, mode });
}

/**
 * Returns the text before our entry was added, if nothing else has changed since: adding the entry to the backup must
 * give the current text. Returns null if the file did not exist before, undefined if the text cannot be restored.
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

/** Deletes the backup if the file equals the original again. */
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
