import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { FoundSources, Workspace } from '@clarity-runtime/core/ports';
import { findSources } from '../sources/find-sources.ts';
import { codeOf, messageOf } from '../support/error-text.ts';
import { writeScaffold } from './scaffold.ts';
import { forbidden, resolveBelow } from './workspace-path.ts';

/**
 * Returns the workspace of the daemon: reads and writes sources below one folder and follows no links.
 * @throws ClarityError PATH_FORBIDDEN for a path outside; REQUEST_INVALID or ARTIFACT_UNREADABLE for a missing file.
 */
export async function sourceWorkspace(folder: string): Promise<Workspace> {
  const root = await realpath(folder);

  const sources: Workspace['sources'] = async ({ dir, recursive, limit }): Promise<FoundSources> => {
    const { path, stat } = await resolveBelow(root, dir);
    if (stat?.isDirectory() !== true) throw missing(dir, 'not a folder');
    const { paths } = await findSources(root, path, { recursive }).catch((error: unknown) => {
      throw missing(dir, messageOf(error));
    });
    const files = paths.slice(0, limit).map((found) => relative(root, found).split(sep).join('/'));
    return { total: paths.length, files };
  };

  return {
    root,
    sources,
    locate: async (path) => {
      const { path: found, stat } = await resolveBelow(root, path);
      if (stat?.isFile() === true) return found;
      throw new ClarityError('ARTIFACT_UNREADABLE', `${toPrintableAscii(path)} is not a regular file`);
    },
    digest: async (path) => {
      const { path: found } = await resolveBelow(root, path);
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const handle = await open(found, flags).catch((error: unknown) => {
        throw codeOf(error) === 'ELOOP' ? forbidden(path) : missing(path, messageOf(error));
      });
      if (!(await handle.stat()).isFile()) {
        await handle.close();
        throw missing(path, 'not a regular file');
      }
      const hash = createHash('sha256');
      for await (const chunk of handle.createReadStream() as AsyncIterable<Buffer>) hash.update(chunk);
      return hash.digest('hex');
    },
    excerpt: async (path, maxChars) => {
      const { path: found } = await resolveBelow(root, path);
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const handle = await open(found, flags).catch((error: unknown) => {
        throw codeOf(error) === 'ELOOP' ? forbidden(path) : missing(path, messageOf(error));
      });
      try {
        if (!(await handle.stat()).isFile()) throw missing(path, 'not a regular file');
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(maxChars * 4), 0, maxChars * 4, 0);
        return new TextDecoder().decode(buffer.subarray(0, bytesRead)).slice(0, maxChars);
      } finally {
        await handle.close();
      }
    },
    scaffold: (files, { overwrite }) => writeScaffold(root, files, overwrite),
  };
}

const missing = (path: string, reason: string): ClarityError =>
  new ClarityError('REQUEST_INVALID', `${toPrintableAscii(path)}: ${toPrintableAscii(reason)}`, {
    hint: 'name an existing path in the workspace',
  });
