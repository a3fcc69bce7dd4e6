import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { decodeText } from '@clarity-runtime/core/internal';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import { relative } from 'node:path';

const MAX_SOURCE_BYTES = 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'file not found',
  EACCES: 'permission denied',
  EISDIR: 'the path is a folder',
  ENOTDIR: 'a part of the path is not a folder',
};

/**
 * Reads a Clarity source: a regular file in UTF-8 of at most 1 MiB. Does not block on a pipe.
 * @throws ToolchainError with the reason when the file cannot be read.
 */
export async function readSource(path: string): Promise<string> {
  const refuse = (reason: string): ToolchainError => new ToolchainError(`${path} cannot be read: ${reason}`);
  let bytes: Buffer;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw refuse(stat.isDirectory() ? 'the path is a folder' : 'the path is not a regular file');
      if (stat.size > MAX_SOURCE_BYTES) throw refuse(`the file has ${String(stat.size)} bytes, the limit is 1 MiB`);
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ToolchainError) throw error;
    throw refuse(reasons[codeOf(error) ?? ''] ?? messageOf(error));
  }
  try {
    return decodeText(bytes, true);
  } catch {
    throw refuse('the file is not text in UTF-8 or UTF-16');
  }
}

/** Returns a path relative to `cwd`, or unchanged if it is outside. */
export function shownPath(cwd: string, path: string): string {
  const below = relative(cwd, path);
  return below === '' || below.startsWith('..') ? path : below;
}
