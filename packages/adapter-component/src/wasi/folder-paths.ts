import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { join, sep } from 'node:path';
import { HostError } from './wasi-error.ts';

/** Returns the error of `wasi:filesystem/types` with a code such as `no-entry`. */
export const fileError = (code: string): HostError => new HostError(code);

const CODES: Readonly<Record<string, string>> = {
  EACCES: 'access',
  EPERM: 'not-permitted',
  ENOENT: 'no-entry',
  EEXIST: 'exist',
  ENOTDIR: 'not-directory',
  EISDIR: 'is-directory',
  ENOTEMPTY: 'not-empty',
  ELOOP: 'loop',
  EMFILE: 'insufficient-memory',
  ENFILE: 'insufficient-memory',
  ENOSPC: 'insufficient-space',
  EDQUOT: 'quota',
  EFBIG: 'file-too-large',
  EROFS: 'read-only',
  EINVAL: 'invalid',
  EXDEV: 'cross-device',
  ENAMETOOLONG: 'name-too-long',
};

/** Runs a system call. @throws HostError with the code of `wasi:filesystem/types`. */
export function fileCall<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw fileError(CODES[String((error as NodeJS.ErrnoException).code)] ?? 'io');
  }
}

const MAX_PATH = 4_096;

/**
 * Returns the absolute path of a path that a component names inside a folder. `..` is resolved without the file system
 * and cannot leave the folder; a symbolic link on the way, or at its end, is refused. `root` is a real path.
 */
export function pathInside(root: string, folder: string, path: string): string {
  if (path.length > MAX_PATH) throw fileError('name-too-long');
  if (path.includes('\0')) throw fileError('invalid');
  if (path.startsWith('/')) throw fileError('not-permitted');
  const steps: string[] = folder === root ? [] : folder.slice(root.length + 1).split(sep);
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) throw fileError('not-permitted');
  }
  let at = root;
  for (const [index, step] of steps.entries()) {
    at = join(at, step);
    const stats = fileCall(() => existing(at));
    if (stats === undefined && index < steps.length - 1) throw fileError('no-entry');
    if (stats?.isSymbolicLink() === true) throw fileError('loop');
  }
  return at;
}

function existing(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

/** Returns the real path of a granted folder. @throws HostError when it does not exist. */
export const realFolder = (path: string): string => fileCall(() => realpathSync(path));
