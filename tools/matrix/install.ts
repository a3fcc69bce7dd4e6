import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MatrixServer } from './servers.ts';

/** The folder with the installed packages. */
export interface Installed extends AsyncDisposable {
  readonly path: string;
}

/** Installs the exact versions of packages outside of the repository, without their install scripts. */
export async function install(servers: readonly MatrixServer[]): Promise<Installed> {
  const kept = process.env['CLARITY_MATRIX_FOLDER'];
  const path = kept ?? (await mkdtemp(join(tmpdir(), 'clarity-matrix-')));
  await mkdir(path, { recursive: true });
  const dependencies = Object.fromEntries(servers.map(({ name, version }) => [name, version]));
  const manifest = JSON.stringify({ private: true, dependencies }, null, 2);
  const installed: Installed = {
    path,
    [Symbol.asyncDispose]: () => (kept === undefined ? rm(path, { recursive: true, force: true }) : Promise.resolve()),
  };
  const former = await readFile(join(path, 'package.json'), 'utf8').catch(() => '');
  if (former === manifest && existsSync(join(path, 'node_modules/.package-lock.json'))) return installed;
  await writeFile(join(path, 'package.json'), manifest);
  // The packages are independent programs, so that conflicts of their peers do not matter.
  const flags = ['--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...flags], { cwd: path, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm install ended with ${String(status)} in ${path}`);
  return installed;
}
