import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf } from '../files/store-failure.ts';
import { ConfigProblem } from './config-text.ts';

/** State of a file at the time of reading. */
export interface FileSnapshot {
  /** Path of the content: the target of the link if the path is a link. */
  readonly target: string;
  /** Undefined if the file does not exist. */
  readonly bytes?: Uint8Array;
  /** Content without the byte order mark, which is in `bom`. */
  readonly text: string;
  readonly bom: string;
  readonly mode: number;
  /** Modification time, size and SHA-256. */
  readonly fingerprint: string;
}

const MAX_CONFIG_BYTES = 32 * 1024 * 1024;
const NEW_FILE_MODE = 0o600;
const OWNER_MAY_WRITE = 0o200;
const BOM = '\ufeff';
const NO_FILE = 'absent';
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a configuration of at most 32 MiB. @throws ConfigProblem when it is not a regular UTF-8 file. */
export async function readClientFile(path: string): Promise<FileSnapshot> {
  const target = await targetOf(path);
  const stats = await stat(target).catch(absent);
  if (stats === undefined) return { target, text: '', bom: '', mode: NEW_FILE_MODE, fingerprint: NO_FILE };
  if (!stats.isFile()) throw new ConfigProblem('the path is not a regular file');
  if (stats.size > MAX_CONFIG_BYTES)
    throw new ConfigProblem(`the file has ${String(stats.size)} bytes, the limit is ${String(MAX_CONFIG_BYTES)}`);
  const bytes = await readFile(target);
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw new ConfigProblem('the file is not UTF-8');
  }
  const bom = text.startsWith(BOM) ? BOM : '';
  const fingerprint = `${String(stats.mtimeMs)}/${String(stats.size)}/${sha256Hex(bytes)}`;
  return { target, bytes, text: text.slice(bom.length), bom, mode: stats.mode & 0o7777, fingerprint };
}

/**
 * Replaces the text of a file atomically. Follows links and keeps the mode and the byte order mark. Returns false and
 * writes nothing if the file changed since it was read. @throws ConfigProblem when the file is read-only.
 */
export async function replaceClientFile(files: FileOperations, was: FileSnapshot, text: string): Promise<boolean> {
  if (was.bytes !== undefined && (was.mode & OWNER_MAY_WRITE) === 0) throw new ConfigProblem('the file is read-only');
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

/** Removes a file. Returns false if it changed since it was read. */
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

/** Throws `Changed` if modification time, size or content differ. */
async function assertUnchanged(was: FileSnapshot): Promise<void> {
  const now = await readClientFile(was.target).catch(() => undefined);
  if (now?.fingerprint !== was.fingerprint) throw new Changed();
}

/** Resolves a link. A link without a target is an error, because its purpose is unknown. */
async function targetOf(path: string): Promise<string> {
  const link = await lstat(path).catch(absent);
  if (link === undefined || !link.isSymbolicLink()) return path;
  try {
    return await realpath(path);
  } catch {
    throw new ConfigProblem('the path is a link without a target');
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}
