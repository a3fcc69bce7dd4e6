import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import { relative } from 'node:path';

const MAX_SOURCE_BYTES = 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
};

/** The text of a Clarity source: a regular file of UTF-8, at most 1 MiB. A pipe holds nobody up. */
export async function readSource(path: string): Promise<string> {
  const refuse = (reason: string): ToolchainError => new ToolchainError(`${path} cannot be read: ${reason}`);
  let bytes: Buffer;
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw refuse(stat.isDirectory() ? 'it is a folder' : 'it is not a regular file');
      if (stat.size > MAX_SOURCE_BYTES) throw refuse(`it has ${String(stat.size)} bytes, the limit is 1 MiB`);
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ToolchainError) throw error;
    throw refuse(reasons[codeOf(error) ?? ''] ?? messageOf(error));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse('it is not UTF-8 text');
  }
}

/** How a person would write the path. */
export function shownPath(cwd: string, path: string): string {
  const below = relative(cwd, path);
  return below === '' || below.startsWith('..') ? path : below;
}
