import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import { ConfigProblem } from './config-text.ts';

/** A file as it was when it was read. */
export interface FileSnapshot {
  /** Where the content really is: behind the links, if the path is one. */
  readonly target: string;
  /** Undefined when there is no file. */
  readonly bytes?: Uint8Array;
  /** Without the byte order mark, which `bom` keeps. */
  readonly text: string;
  readonly bom: string;
  readonly mode: number;
  readonly print: string;
}

const MAX_BYTES = 32 * 1024 * 1024;
const NEW_FILE_MODE = 0o600;
const OWNER_MAY_WRITE = 0o200;
const BOM = '\ufeff';
const NO_FILE = 'absent';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a configuration; a `ConfigProblem` when it is none that could be edited. */
export async function readClientFile(path: string): Promise<FileSnapshot> {
  const target = await targetOf(path);
  const stats = await stat(target).catch(absent);
  if (stats === undefined) return { target, text: '', bom: '', mode: NEW_FILE_MODE, print: NO_FILE };
  if (!stats.isFile()) throw new ConfigProblem('it is no regular file');
  if (stats.size > MAX_BYTES) throw new ConfigProblem('it is larger than any configuration');
  const bytes = await readFile(target);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ConfigProblem('it is not UTF-8');
  }
  const bom = text.startsWith(BOM) ? BOM : '';
  const print = `${String(stats.mtimeMs)}/${String(stats.size)}/${sha256Hex(bytes)}`;
  return { target, bytes, text: text.slice(bom.length), bom, mode: stats.mode & 0o7777, print };
}

/**
 * Puts another text in the place of what was read, in one step, with the same mode, through links. False when the file has
 * changed since: then nothing was written.
 */
export async function replaceClientFile(files: FileOperations, was: FileSnapshot, text: string): Promise<boolean> {
  if (was.bytes !== undefined && (was.mode & OWNER_MAY_WRITE) === 0) throw new ConfigProblem('it is read-only');
  await files.mkdir(dirname(was.target));
  try {
    await writeAtomically(files, {
      path: was.target,
      bytes: new TextEncoder().encode(was.bom + text),
      mode: was.mode,
      beforeRename: () => assertUnchanged(was),
    });
    return true;
  } catch (error) {
    if (error instanceof Changed) return false;
    throw error;
  }
}

/** The same for a file that is not wanted any more. */
export async function removeClientFile(files: FileOperations, was: FileSnapshot): Promise<boolean> {
  try {
    await assertUnchanged(was);
  } catch {
    return false;
  }
  await files.remove(was.target);
  await files.syncFolder(dirname(was.target));
  return true;
}

class Changed extends Error {}

/** Time, size and content; a program that is just writing has changed at least one of them. */
async function assertUnchanged(was: FileSnapshot): Promise<void> {
  const now = await readClientFile(was.target).catch(() => undefined);
  if (now?.print !== was.print) throw new Changed();
}

/** A link that leads nowhere is somebody's intention that we do not know. */
async function targetOf(path: string): Promise<string> {
  const link = await lstat(path).catch(absent);
  if (link === undefined || !link.isSymbolicLink()) return path;
  try {
    return await realpath(path);
  } catch {
    throw new ConfigProblem('it is a link that leads nowhere');
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}
