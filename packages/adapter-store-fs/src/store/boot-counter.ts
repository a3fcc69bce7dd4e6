import { join } from 'node:path';
import { z } from 'zod';
import { replaceKept } from '../files/spare-file.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { runtimeFolder } from '../files/runtime-folder.ts';
import { readDigested, StateMarks, withDigest } from '../trust/state-marks.ts';
import type { StateTrust } from '../trust/state-trust.ts';
import type { UserKey } from '../trust/user-key.ts';

const NAME = 'boot.json';
const document = z.object({ version: z.literal(1), instance: z.string().min(1), boot: z.number().int().positive() });

/** Identity of one start of a workspace. */
export interface Boot {
  /** Id of the workspace; the same for all starts. */
  readonly instance: string;
  /** Number of the start; grows by one. */
  readonly boot: number;
}

/** The boot counter of an earlier start, with the bytes of its file and of its copy, those that are not damaged. */
export interface StoredBoot extends Boot {
  readonly copies: readonly [Uint8Array, ...Uint8Array[]];
}

/** Returns the counter of the last start; undefined if both copies are missing or damaged. @throws StoreError when one cannot be read. */
export async function readBoot(files: FileOperations, folder: string): Promise<StoredBoot | undefined> {
  const [first, ...others] = (await Promise.all(pathsIn(folder).map((path) => readCopy(files, path)))).filter(
    (copy) => copy !== undefined,
  );
  if (first === undefined) return undefined;
  const { instance, boot } = first;
  return { instance, boot, copies: [first.bytes, ...others.map(({ bytes }) => bytes)] };
}

const pathsIn = (folder: string): readonly string[] => [join(folder, NAME), join(folder, `${NAME}.bak`)];

async function readCopy(files: FileOperations, path: string) {
  try {
    const bytes = await files.read(path);
    const read = document.safeParse(readDigested(bytes)).data;
    return read === undefined ? undefined : { ...read, bytes };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
}

/**
 * Increments the boot counter of a workspace and returns it. Resolves when both copies are on disk. Without a counter it starts
 * at 1. A full disk does not prevent it after the first start.
 * @throws StoreError when a file cannot be written.
 */
export async function countBoot(
  files: FileOperations,
  folder: string,
  { trust, last }: { readonly trust: StateTrust; readonly last: StoredBoot | undefined },
): Promise<Boot> {
  if (last !== undefined) trust.judge(NAME, trust.marks.verified(NAME, last.copies));
  const next = { instance: trust.workspaceId, boot: (last?.boot ?? 0) + 1 };
  try {
    await trust.marks.save(NAME, withDigest({ version: 1, ...next }), async (bytes) => {
      for (const path of pathsIn(folder)) await replaceKept(files, { path, text: Buffer.from(bytes).toString() });
    });
  } catch (error) {
    throw storeFailure(error, join(folder, NAME));
  }
  return next;
}

/** Returns whether a key marked the last start of a workspace, and changes nothing; undefined without a start. @throws StoreError */
export async function hasMarkOf(key: UserKey, root: string): Promise<boolean | undefined> {
  const last = await readBoot(nodeFiles, runtimeFolder(root));
  if (last === undefined) return undefined;
  const marks = new StateMarks({
    seal: key.seal(last.instance),
    seen: new Map(),
    isTrusted: () => false,
    onSaved: () => Promise.resolve(),
  });
  return last.copies.some((copy) => marks.judge(NAME, copy).kind === 'valid');
}
