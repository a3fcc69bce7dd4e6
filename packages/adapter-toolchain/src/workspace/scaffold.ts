import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import type { Scaffold } from '@clarity-runtime/core/ports';
import { placeBelow, type Place } from './workspace-path.ts';

type Contents = ReadonlyMap<string, string | Uint8Array>;

interface Planned extends Place {
  readonly content: string | Uint8Array;
  /** What stood there. */
  readonly former: Uint8Array | undefined;
}

/** Writes all files below `root`, or none of them. */
export async function writeScaffold(root: string, contents: Contents, overwrite: boolean): Promise<Scaffold> {
  const planned: Planned[] = [];
  for (const [name, content] of contents) planned.push(await plan(root, name, { content, overwrite }));
  const undoing: (() => Promise<unknown>)[] = [];
  const undo = async (): Promise<void> => {
    for (const step of undoing.splice(0).reverse()) await step().catch(() => undefined);
  };
  try {
    for (const { path, content, former } of planned) {
      await makeFolders(dirname(path), undoing);
      undoing.push(() => (former === undefined ? rm(path, { force: true }) : writeFile(path, former)));
      // A link that came in between is not followed: the old file goes, and the new one must not be there.
      if (former !== undefined) await rm(path);
      await writeFile(path, content, { flag: 'wx' });
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return { written: planned.map(({ path }) => relative(root, path).split(sep).join('/')), undo };
}

async function plan(
  root: string,
  name: string,
  { content, overwrite }: { readonly content: string | Uint8Array; readonly overwrite: boolean },
): Promise<Planned> {
  const place = await placeBelow(root, name);
  if (place.stat === undefined) return { ...place, content, former: undefined };
  if (!overwrite || !place.stat.isFile()) throw new ClarityError('FILE_EXISTS', name);
  return { ...place, content, former: await readFile(place.path) };
}

/** Each folder that had to be made is removed again before the one above it. */
async function makeFolders(folder: string, undoing: (() => Promise<unknown>)[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const made: string[] = [];
  for (let current = folder; current.length >= first.length; current = dirname(current)) made.unshift(current);
  for (const path of made) undoing.push(() => rmdir(path));
}
