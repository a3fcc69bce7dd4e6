import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { ClarityError } from '@clarity-runtime/core';
import type { ArtifactSource } from '@clarity-runtime/core/ports';
import { codeOf } from '../files/store-failure.ts';

/** No link is followed at the end of the path, and a pipe without a writer does not hold anybody up. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ELOOP: 'it is a symbolic link',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENXIO: 'it is not a regular file',
  ENAMETOOLONG: 'the path is too long',
};

/** These say nothing about the file: the next attempt may read it. */
const passing = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

const refuse = (path: string, reason: string): ClarityError =>
  new ClarityError('ARTIFACT_UNREADABLE', `${path}: ${reason}`, { field: 'spec.origin.wasmPath' });

async function openRegular(path: string): Promise<FileHandle | undefined> {
  if (path.includes('\0')) throw refuse(path.replaceAll('\0', '?'), 'the path is not a path');
  try {
    return await open(path, FLAGS);
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return undefined;
    if (passing.has(code)) throw new ClarityError('RESOURCE_EXHAUSTED', path, { cause: error });
    throw refuse(path, reasons[code] ?? code);
  }
}

async function take(handle: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw refuse(path, stat.isDirectory() ? 'it is a folder' : 'it is not a regular file');
  if (stat.size > maxBytes) throw refuse(path, `it has ${String(stat.size)} bytes, the limit is ${String(maxBytes)}`);
  // One byte more than was announced, so that a file that grows meanwhile is seen.
  const buffer = new Uint8Array(stat.size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > stat.size) throw refuse(path, 'it grew while it was read');
  }
}

/** Files of this machine: what was checked is what was read, once. */
export function fsArtifactSource(): ArtifactSource {
  const readOptional = async (path: string, maxBytes: number): Promise<Uint8Array | undefined> => {
    const handle = await openRegular(path);
    if (handle === undefined) return undefined;
    try {
      return await take(handle, path, maxBytes);
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
