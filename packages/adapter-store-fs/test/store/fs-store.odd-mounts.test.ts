import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { failure, filesWith } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folderOf = (root: string): string => join(root, '.clarity', 'runtime');

describe('T-284 openFsStore fails with path and reason when the mount does not support an operation', () => {
  test.each([
    ['folders cannot be created', 'mkdir', '', 'EROFS', 'forbidden'],
    ['modes cannot be changed', 'restrict', '', 'EPERM', 'forbidden'],
    ['files cannot be created', 'create', 'daemon.lock', 'EROFS', 'forbidden'],
    ['files cannot be written', 'write', 'daemon.lock', 'ENOSPC', 'exhausted'],
    ['a lock cannot be synced', 'sync', 'daemon.lock', 'EINVAL', 'unavailable'],
    ['hard links are not supported', 'link', 'daemon.lock', 'EOPNOTSUPP', 'unavailable'],
    ['a folder cannot be synced', 'syncFolder', 'runtime', 'EINVAL', 'unavailable'],
    ['the boot counter cannot be synced', 'sync', 'boot.json', 'EIO', 'unavailable'],
    ['the boot counter cannot be renamed', 'rename', 'boot.json', 'EIO', 'unavailable'],
  ])('%s', async (_, step, file, code, kind) => {
    const root = await temporaryFolder();
    const files = filesWith((name, path) => {
      if (name === step && path.includes(file)) throw failure(code);
    });
    const opening = openFsStore({ root, files });
    await expect(opening).rejects.toMatchObject({ kind, message: expect.stringContaining(code) });
    await expect(opening).rejects.toThrow(root);
    if (step === 'mkdir') return;
    expect((await readdir(folderOf(root))).filter((name) => /^daemon\.lock(?!\.spare)/.test(name))).toEqual([]);
    await (await openFsStore({ root }))[Symbol.asyncDispose]();
  });
});
