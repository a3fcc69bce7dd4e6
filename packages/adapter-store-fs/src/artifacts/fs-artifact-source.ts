import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ClarityError } from '@clarity-runtime/core';
import type { ArtifactSource } from '@clarity-runtime/core/ports';
import { codeOf } from '../files/store-failure.ts';

/** O_NOFOLLOW rejects a link as the last segment; O_NONBLOCK prevents that opening a pipe without a writer blocks. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'file not found',
  ELOOP: 'the path is a symbolic link',
  EACCES: 'permission denied',
  EISDIR: 'the path is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENXIO: 'the path is not a regular file',
  ENAMETOOLONG: 'the path is too long',
};

/** Errors of the process or machine, not of the file: a later attempt may succeed. */
const transientCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

const refuse = (path: string, reason: string): ClarityError =>
  new ClarityError('ARTIFACT_UNREADABLE', `${path}: ${reason}`, { field: 'spec.origin.wasmPath' });

async function openRegular(path: string): Promise<FileHandle | undefined> {
  if (path.includes('\0')) throw refuse(path.replaceAll('\0', '?'), 'the path contains a NUL byte');
  try {
    return await open(path, FLAGS);
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return undefined;
    if (transientCodes.has(code)) throw new ClarityError('RESOURCE_EXHAUSTED', path, { cause: error });
    throw refuse(path, reasons[code] ?? code);
  }
}

async function readWhole(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const stat = await handle.stat();
  if (!stat.isFile())
    throw refuse(path, stat.isDirectory() ? 'the path is a folder' : 'the path is not a regular file');
  if (stat.size > maxBytes)
    throw refuse(path, `the file has ${String(stat.size)} bytes, the limit is ${String(maxBytes)}`);
  // One byte more than the size, to detect a file that grows during reading.
  const buffer = new Uint8Array(stat.size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > stat.size) throw refuse(path, 'the file grew while it was read');
  }
}

/**
 * Returns the reader of artifacts on this machine. Checks and reads a file through one handle; `maxBytes` limits its size.
 * @throws ClarityError ARTIFACT_UNREADABLE when the path is not a readable regular file within the limit;
 * RESOURCE_EXHAUSTED when the process has too many open files.
 */
export function fsArtifactSource(): ArtifactSource {
  const readOptional = async (path: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const handle = await openRegular(path);
    if (handle === undefined) return undefined;
    try {
      return await readWhole(handle, path, maxBytes);
    } finally {
      await handle.close();
    }
  };
  return {
    readOptional,
    read: async (path, maxBytes) => {
      const bytes = await readOptional(path, maxBytes);
      if (bytes === undefined) throw refuse(path, reasons.ENOENT ?? '');
      return bytes;
    },
  };
}
