import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import type { Scaffold } from '@clarity-runtime/core/ports';
import { resolveBelow, type WorkspacePath } from './workspace-path.ts';

type Contents = ReadonlyMap<string, string | Uint8Array>;

interface Planned extends WorkspacePath {
  readonly content: string | Uint8Array;
  /** Previous content of the file. */
  readonly former: Uint8Array | undefined;
}

/**
 * Writes all files below `root`, or none of them. `undo` restores the previous state.
 * @throws ClarityError FILE_EXISTS when a file exists and `overwrite` is false; PATH_FORBIDDEN for a path outside of the
 * root or through a link.
 */
export async function writeScaffold(root: string, contents: Contents, overwrite: boolean): Promise<Scaffold> {
  const planned: Planned[] = [];
  for (const [name, content] of contents) planned.push(await plan(root, name, { content, overwrite }));
  const undoSteps: (() => Promise<unknown>)[] = [];
  const undo = async (): Promise<void> => {
    for (const step of undoSteps.splice(0).reverse()) await step().catch(() => undefined);
  };
  try {
    for (const { path, content, former } of planned) {
      await makeFolders(dirname(path), undoSteps);
      undoSteps.push(() => (former === undefined ? rm(path, { force: true }) : writeFile(path, former)));
      // Removing and creating with `wx` does not follow a link that was created since the check.
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
  const place = await resolveBelow(root, name);
  if (place.stat === undefined) return { ...place, content, former: undefined };
  if (!overwrite || !place.stat.isFile()) throw new ClarityError('FILE_EXISTS', name);
  return { ...place, content, former: await readFile(place.path) };
}

/** Creates missing folders. The undo steps remove them from the innermost to the outermost. */
async function makeFolders(folder: string, undoSteps: (() => Promise<unknown>)[]): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const made: string[] = [];
  for (let current = folder; current.length >= first.length; current = dirname(current)) made.unshift(current);
  for (const path of made) undoSteps.push(() => rmdir(path));
}
