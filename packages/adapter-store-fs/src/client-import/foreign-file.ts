import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { decodeText } from '@clarity-runtime/core/internal';
import { ConfigProblem } from '../client-config/config-text.ts';
import { codeOf } from '../files/store-failure.ts';

/** Maximum size of a configuration that is imported. */
export const MAX_FOREIGN_BYTES = 4 * 1024 * 1024;

/** Options of `readForeignFile`. */
export interface ForeignFileOptions {
  readonly maxBytes?: number;
  /** The folder of the file must be below this one after all links are resolved. */
  readonly within?: string;
}

/**
 * Returns the text of a regular file in UTF-8 or UTF-16; undefined if it does not exist. A pipe does not block.
 * @throws ConfigProblem when the path is a link, leads out of `within`, is not a regular file, or is too large.
 */
export async function readForeignFile(path: string, options: ForeignFileOptions = {}): Promise<string | undefined> {
  const { maxBytes = MAX_FOREIGN_BYTES, within } = options;
  try {
    if (within !== undefined) await assertWithin(dirname(path), within);
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new ConfigProblem('the path is not a regular file');
      if (stats.size > maxBytes) throw tooLarge(maxBytes);
      const bytes = new Uint8Array(maxBytes + 1);
      let length = 0;
      for (;;) {
        // The file may grow while it is read.
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        length += bytesRead;
        if (length > maxBytes) throw tooLarge(maxBytes);
        if (bytesRead === 0) break;
      }
      return textOf(bytes.subarray(0, length));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'ELOOP' || code === 'EMLINK') {
      throw new ConfigProblem('the path is a link, which is not followed; name its target with --from');
    }
    if (code !== undefined) throw new ConfigProblem(`the file cannot be read (${code})`);
    throw error;
  }
}

const tooLarge = (maxBytes: number): ConfigProblem =>
  new ConfigProblem(`the file is larger than ${String(maxBytes)} bytes`);

function textOf(bytes: Uint8Array): string {
  try {
    return decodeText(bytes, true);
  } catch {
    throw new ConfigProblem('the file is neither UTF-8 nor UTF-16');
  }
}

async function assertWithin(folder: string, root: string): Promise<void> {
  const [real, top] = await Promise.all([realpath(folder), realpath(root)]);
  if (real !== top && !real.startsWith(top.endsWith(sep) ? top : top + sep)) {
    throw new ConfigProblem('the path leads out of the project');
  }
}
