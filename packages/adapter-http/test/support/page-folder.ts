import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PageFolder {
  readonly path: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** With an address as the build writes it with a relative base, and one as it writes it with the base `/status/`. */
const INDEX =
  '<!doctype html><title>page</title><link rel="modulepreload" href="./assets/index-abc123.js">' +
  '<link href="/status/assets/index-abc123.js">';

/** A small built page: an index, a script, and a symbolic link that leads out of the folder. */
export async function pageFolder(): Promise<PageFolder> {
  const path = await mkdtemp(join(tmpdir(), 'clarity-page-'));
  await mkdir(join(path, 'assets'));
  await writeFile(join(path, 'index.html'), INDEX);
  await writeFile(join(path, 'secret.txt'), 'not for the web');
  await writeFile(join(path, 'assets', 'index-abc123.js'), 'export {};');
  await symlink(join(path, 'secret.txt'), join(path, 'assets', 'linked.txt'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
