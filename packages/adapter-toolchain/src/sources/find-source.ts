import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ToolchainError } from '../support/toolchain-error.ts';

/** A source file that was found by name. */
export interface FoundSource {
  /** Absolute path. */
  readonly path: string;
  /** Default name of the service. */
  readonly name: string;
}

/** File name extension of Clarity sources. */
export const EXTENSION = '.clarity';
const MAIN = `main${EXTENSION}`;

/**
 * Returns the source for a name: the file `what`, the file `what.clarity`, or the only source of the folder `what`.
 * @throws ToolchainError when none or several match.
 */
export async function findSource(cwd: string, what: string): Promise<FoundSource> {
  if (what === '') throw new ToolchainError('the name of the source is empty', { hint: 'name a file or a folder' });
  const path = resolve(cwd, what);
  const kind = await kindOf(path);
  if (kind !== 'folder' && path.endsWith(EXTENSION)) return named(path);
  if (kind === undefined || kind === 'folder') {
    const withExtension = `${path}${EXTENSION}`;
    if ((await kindOf(withExtension)) === 'other') return named(withExtension);
    if (kind === 'folder') return inFolder(path);
    throw new ToolchainError(`neither '${what}${EXTENSION}' nor a folder '${what}' exists in ${cwd}`, {
      hint: 'name a source file, or a folder that contains one',
    });
  }
  throw new ToolchainError(`'${what}' is not a Clarity source: its name does not end in ${EXTENSION}`);
}

const named = (path: string): FoundSource => ({ path, name: basename(path, EXTENSION) });

/** Returns `main.clarity` or the only source of a folder. */
async function inFolder(folder: string): Promise<FoundSource> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sources = entries.filter((entry) => !entry.isDirectory() && entry.name.endsWith(EXTENSION));
  const names = sources.map((entry) => entry.name).sort();
  if (names.includes(MAIN)) return { path: join(folder, MAIN), name: basename(folder) };
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return named(join(folder, only));
  if (only === undefined) throw new ToolchainError(`${folder} contains no ${EXTENSION} source`);
  throw new ToolchainError(`${folder} contains ${String(names.length)} sources: ${names.slice(0, 8).join(', ')}`, {
    hint: `name one of them, or add them all with \`clarityctl add-all\``,
  });
}

async function kindOf(path: string): Promise<'folder' | 'other' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'other';
  } catch {
    return undefined;
  }
}
