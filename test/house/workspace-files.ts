import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', 'coverage', '.git', '.nx', '.clarity']);

/** Returns the paths of all files of the workspace, relative to its root, without built and installed files. */
export async function workspaceFiles(folder = root): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await workspaceFiles(path)));
    else if (entry.isFile()) found.push(relative(root, path).replaceAll('\\', '/'));
  }
  return found.sort();
}

export const readText = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

/** Returns the contents of all files whose path matches, by path. */
export async function textsOf(pattern: RegExp): Promise<ReadonlyMap<string, string>> {
  const paths = (await workspaceFiles()).filter((path) => pattern.test(path));
  return new Map(await Promise.all(paths.map(async (path) => [path, await readText(path)] as const)));
}
