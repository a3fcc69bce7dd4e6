import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

const NAME = 'boot.json';
const document = z.object({ version: z.literal(1), instance: z.string().min(1), boot: z.number().int().positive() });

/** Identity of one start of a workspace. */
export interface Boot {
  /** Id of the workspace; the same for all starts. */
  readonly instance: string;
  /** Number of the start; grows by one. */
  readonly boot: number;
}

/**
 * Increments the boot counter of a workspace and returns it. Resolves when it is on disk. A missing or damaged counter
 * starts a new instance at 1. @throws StoreError when the file cannot be read or written.
 */
export async function countBoot(files: FileOperations, folder: string): Promise<Boot> {
  const path = join(folder, NAME);
  try {
    const last = await read(files, path);
    const instance = last?.instance ?? randomBytes(8).toString('hex');
    const boot = (last?.boot ?? 0) + 1;
    await writeAtomically(files, { path, bytes: Buffer.from(`${JSON.stringify({ version: 1, instance, boot })}\n`) });
    return { instance, boot };
  } catch (error) {
    throw storeFailure(error, path);
  }
}

async function read(files: FileOperations, path: string): Promise<Boot | undefined> {
  let text: string;
  try {
    text = Buffer.from(await files.read(path)).toString();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return document.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
