import { execFileSync } from 'node:child_process';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fsArtifactSource, fsArtifactStore } from '@clarity-runtime/adapter-store-fs';
import { temporaryFolder } from '../support/temporary-folder.ts';

const source = fsArtifactSource();

test('T-254 read returns the complete content of a regular file', async () => {
  const path = join(await temporaryFolder(), 'a.wasm');
  await writeFile(path, 'content');
  expect(Buffer.from(await source.read(path, 100)).toString()).toBe('content');
});

test('W10 W11 read rejects links, folders, pipes and missing files with the reason, without waiting', async () => {
  const folder = await temporaryFolder();
  const at = (name: string): string => join(folder, name);
  await writeFile(at('real'), 'x'.repeat(50));
  await symlink(at('real'), at('link'));
  await mkdir(at('folder'));
  execFileSync('mkfifo', [at('pipe')]);
  const reasons: readonly (readonly [string, string])[] = [
    ['link', 'symbolic link'],
    ['folder', 'folder'],
    ['pipe', 'not a regular file'],
    ['none', 'file not found'],
    ['real/below', 'not a folder'],
    ['real', 'has 50 bytes, the limit is 10'],
    ['a\0b', 'NUL byte'],
  ];
  for (const [name, reason] of reasons) {
    await expect(source.read(at(name), 10)).rejects.toMatchObject({
      failure: { code: 'ARTIFACT_UNREADABLE', message: expect.stringContaining(reason) },
    });
  }
  expect(await source.readOptional(at('none'), 10)).toBeUndefined();
});

test('get rejects a file that was changed on disk as corrupt, and put replaces it', async () => {
  const folder = join(await temporaryFolder(), 'artifacts');
  const store = fsArtifactStore({ folder });
  const sha256 = await store.put('default', 'wasm', Buffer.from('code'));
  const [name = ''] = await readdir(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  await writeFile(join(folder, name), 'evil');
  await expect(store.get('default', 'wasm', sha256)).rejects.toMatchObject({ kind: 'corrupt' });
  await store.put('default', 'wasm', Buffer.from('code'));
  expect(Buffer.from((await store.get('default', 'wasm', sha256)) ?? []).toString()).toBe('code');
  await expect(store.get('default', 'wasm', '../../etc/passwd')).rejects.toMatchObject({ kind: 'invalid' });
});
