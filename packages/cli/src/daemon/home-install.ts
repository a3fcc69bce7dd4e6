import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { makeOwnFolder } from '@clarity-runtime/adapter-store-fs';
import { programPath, PROGRAMS, type ProgramName } from '../support/program-paths.ts';
import { VERSION } from '../support/version.ts';

/** The programs that the home uses. */
export interface HomePrograms {
  /** Folder with one executable for each program. */
  readonly bin: string;
  /** Absolute path of `clarityd`. */
  readonly daemon: string;
}

const PRIVATE = 0o700;

/**
 * Prepares the home: its folder, a copy of the installation if it runs from a cache of npx, which npm may delete, and an
 * executable for each program. The copy is complete or absent.
 */
export async function prepareHome(home: string, from = programPath('clarity-runtime')): Promise<HomePrograms> {
  await mkdir(home, { recursive: true, mode: PRIVATE });
  await makeOwnFolder(home, join(home, '.clarity'));
  const kept = await keptPrograms(home, from);
  const bin = join(home, 'bin');
  await writeShims(bin, kept);
  return { bin, daemon: join(kept, 'clarityd.js') };
}

/** Returns the folder of the programs: that of this installation, or of its copy below `app/current`. */
async function keptPrograms(home: string, from: string): Promise<string> {
  const cache = /^(.*[\\/]_npx[\\/][^\\/]+)[\\/]node_modules[\\/]/.exec(from)?.[1];
  if (cache === undefined) return dirname(from);
  const app = join(home, 'app');
  const target = join(app, VERSION);
  if ((await lstat(target).catch(() => undefined)) === undefined) {
    const partial = temporary(target);
    await mkdir(partial, { recursive: true, mode: PRIVATE });
    await cp(join(cache, 'node_modules'), join(partial, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    // Another `up` may have been faster; its copy is the same.
    await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }));
  }
  await pointTo(join(app, 'current'), target);
  return join(app, 'current', dirname(from).slice(cache.length + sep.length));
}

/** Writes an executable for each program of a folder. */
export async function writeShims(bin: string, programs: string): Promise<void> {
  await mkdir(bin, { recursive: true, mode: PRIVATE });
  for (const name of PROGRAMS) await writeShim(bin, name, join(programs, `${name}.js`));
}

/** Replaces a link in one step; on Windows a junction, in two. */
export async function pointTo(link: string, target: string): Promise<void> {
  const partial = temporary(link);
  await symlink(target, partial, 'junction');
  if (process.platform === 'win32') await rm(link, { recursive: true, force: true });
  await rename(partial, link);
}

async function writeShim(bin: string, name: ProgramName, path: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  const file = join(bin, isWindows ? `${name}.cmd` : name);
  const text = isWindows
    ? `@"${process.execPath}" "${path}" %*\r\n`
    : `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(path)} "$@"\n`;
  const partial = temporary(file);
  await writeFile(partial, text, { mode: PRIVATE, flag: 'wx' });
  await chmod(partial, PRIVATE);
  await rename(partial, file);
}

/** Returns an unused name beside a path. */
export const temporary = (path: string): string => `${path}.${randomBytes(6).toString('hex')}.tmp`;

const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;
