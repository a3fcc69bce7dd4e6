import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

const NAME = 'session.key';
const BYTES = 32;

/** The key that signs session ids of this workspace, the same over all starts. One that is damaged is replaced. */
export async function sessionKey(files: FileOperations, folder: string): Promise<Uint8Array> {
  const path = join(folder, NAME);
  try {
    const kept = await read(files, path);
    if (kept?.length === BYTES) return kept;
    const bytes = randomBytes(BYTES);
    await writeAtomically(files, { path, bytes });
    return bytes;
  } catch (error) {
    throw storeFailure(error, path);
  }
}

async function read(files: FileOperations, path: string): Promise<Uint8Array | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
