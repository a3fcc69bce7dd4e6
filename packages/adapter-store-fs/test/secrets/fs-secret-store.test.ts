import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { embeddedCaller, Secret, secretFileCredentials } from '@clarity-runtime/core';
import type { SecretStore } from '@clarity-runtime/core/ports';
import { fsSecretStore, nodeFiles } from '../../src/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const use = { tenant: 'default', registrant: { principal: 'operator', door: 'http' } } as const;
const context = { caller: embeddedCaller, op: 'op' };
const put = (store: SecretStore, name: string, value = 'value'): Promise<void> =>
  store.write('default', name, { secret: new Secret(value), hosts: [], services: [] }, context);
const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

async function fresh() {
  const folder = await temporaryFolder();
  const root = join(folder, 'ws', '.clarity', 'secrets');
  return { folder, root, store: fsSecretStore({ root }) };
}

test('S04 write creates files with 0600 and folders with 0700 under any umask', async () => {
  const { root, store } = await fresh();
  const before = process.umask(0);
  try {
    await put(store, 'a/b');
  } finally {
    process.umask(before);
  }
  expect(await Promise.all([root, join(root, 'a'), join(root, 'a', 'b')].map(modeOf))).toEqual(['700', '700', '600']);
});

test('S05 write restricts the modes of an existing file and its folders', async () => {
  const { root, store } = await fresh();
  await put(store, 'a/b');
  await chmod(join(root, 'a', 'b'), 0o644);
  await chmod(join(root, 'a'), 0o755);
  await chmod(root, 0o755);
  await put(store, 'a/b', 'new');
  expect(await Promise.all([root, join(root, 'a'), join(root, 'a', 'b')].map(modeOf))).toEqual(['700', '700', '600']);
});

describe('S03 T-256 the secret store does not follow', () => {
  test('a link as a folder below the root', async () => {
    const { folder, root, store } = await fresh();
    await put(store, 'x');
    await writeFile(join(folder, 'inside'), 'theirs');
    await symlink(folder, join(root, 'link'));
    await expect(put(store, 'link/inside')).rejects.toMatchObject({ code: 'SECRETS_UNSAFE' });
    await expect(store.read('default', 'link/inside')).rejects.toMatchObject({ code: 'SECRETS_UNSAFE' });
    await expect(store.remove('default', 'link/inside', context)).rejects.toMatchObject({ code: 'SECRETS_UNSAFE' });
    expect(await readFile(join(folder, 'inside'), 'utf8')).toBe('theirs');
    expect(await store.names('default')).toEqual(['x']);
  });
  test('a link as a file, with the same error whether or not its target exists', async () => {
    const { folder, root, store } = await fresh();
    await put(store, 'x');
    await writeFile(join(folder, 'there'), 'theirs');
    await symlink(join(folder, 'there'), join(root, 'to-something'));
    await symlink(join(folder, 'nowhere'), join(root, 'to-nothing'));
    const file = secretFileCredentials(store);
    const said = await file.validate('to-something', use);
    expect(said.valid).toBe(false);
    expect(await file.validate('to-nothing', use)).toEqual(said);
    expect(JSON.stringify(said)).not.toContain(folder);
    for (const name of ['to-something', 'to-nothing']) {
      await expect(put(store, name)).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
      await expect(store.remove('default', name, context)).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
      expect((await lstat(join(root, name))).isSymbolicLink()).toBe(true);
    }
    expect(await readFile(join(folder, 'there'), 'utf8')).toBe('theirs');
    expect(await store.names('default')).toEqual(['x']);
  });
});

describe('T-255 every operation rejects an unsafe root with the reason', () => {
  const refusedBecause = async (store: SecretStore, why: string): Promise<void> => {
    const refusal = { code: 'SECRETS_UNSAFE', message: expect.stringContaining(why) };
    await expect(put(store, 'a')).rejects.toMatchObject(refusal);
    await expect(store.read('default', 'a')).rejects.toMatchObject(refusal);
    await expect(store.names('default')).rejects.toMatchObject(refusal);
    await expect(store.remove('default', 'a', context)).rejects.toMatchObject(refusal);
    expect(await store.health()).toMatchObject({ healthy: false, detail: expect.stringContaining(why) });
  };
  test('a root that is a link', async () => {
    const { folder } = await fresh();
    await mkdir(join(folder, 'real'), { mode: 0o700 });
    await symlink(join(folder, 'real'), join(folder, 'root'));
    await refusedBecause(fsSecretStore({ root: join(folder, 'root') }), 'the path is a link');
    expect(await readdir(join(folder, 'real'))).toEqual([]);
  });
  test.each([0o770, 0o702, 0o777])('a root that others can write to, mode %d', async (mode) => {
    const { folder } = await fresh();
    await chmod(folder, mode);
    await refusedBecause(fsSecretStore({ root: folder }), 'other users can write to the path');
  });
  test('a root that is a file', async () => {
    const { folder } = await fresh();
    await writeFile(join(folder, 'root'), '');
    await refusedBecause(fsSecretStore({ root: join(folder, 'root') }), 'the path is not a folder');
  });
});

test('S11 a name outside of the root gets the same error whether or not the file exists', async () => {
  const { store } = await fresh();
  const file = secretFileCredentials(store);
  const there = await file.validate('../../../../../../etc/passwd', use);
  expect(there).toMatchObject({ valid: false, headers: [] });
  expect(await file.validate('../../../../../../etc/nope', use)).toEqual(there);
  expect(await file.validate('/etc/passwd', use)).toEqual(there);
  expect(JSON.stringify(there)).not.toMatch(/\/(etc|tmp)/);
});

test('T-257 write rejects a name that differs in case only on a case-insensitive file system', async () => {
  const { root } = await fresh();
  const store = fsSecretStore({ root, isCaseSensitive: false });
  await put(store, 'Token', 'first');
  await put(store, 'Token', 'second');
  await put(store, 'dir/a');
  for (const name of ['token', 'TOKEN', 'Dir/b', 'token/x']) {
    await expect(put(store, name)).rejects.toMatchObject({ code: 'SECRET_NAME_TAKEN' });
  }
  expect((await store.read('default', 'Token'))?.secret.reveal()).toBe('second');
  expect((await readdir(root)).sort()).toEqual(['Token', 'dir']);
});

test('read rejects a pipe, a folder and non-UTF-8 bytes without waiting', async () => {
  const { root, store } = await fresh();
  await put(store, 'folder/x');
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await writeFile(join(root, 'bytes'), Buffer.from([0xff, 0xfe]));
  await writeFile(join(root, 'lines'), 'one\ntwo');
  await writeFile(join(root, 'long'), 'x'.repeat(70_000));
  for (const name of ['pipe', 'folder', 'bytes', 'lines', 'long']) {
    await expect(store.read('default', name)).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  }
  await expect(put(store, 'folder')).rejects.toMatchObject({ code: 'AUTH_REF_INVALID' });
  await expect(put(store, 'bytes/x')).rejects.toMatchObject({ code: 'SECRETS_UNSAFE' });
});

test('read ignores a line break at the end of the file', async () => {
  const { root, store } = await fresh();
  await put(store, 'x');
  await writeFile(join(root, 'x'), '  by-hand\r\n');
  expect((await store.read('default', 'x'))?.secret.reveal()).toBe('by-hand');
});

test('a temporary file is not listed and the next write removes it', async () => {
  const { root, store } = await fresh();
  await put(store, 'x', 'old');
  await writeFile(join(root, 'x.tmp-abc'), 'half');
  expect(await store.names('default')).toEqual(['x']);
  await put(store, 'x', 'new');
  expect(await readdir(root)).toEqual(['x']);
});

test('write on a full disk keeps the old secret and fails without its value in the error', async () => {
  const { root } = await fresh();
  await put(fsSecretStore({ root }), 'x', 'old');
  const full = { ...nodeFiles, rename: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })) };
  const store = fsSecretStore({ root, files: full });
  await expect(put(store, 'x', 'Canary-1')).rejects.toMatchObject({
    kind: 'exhausted',
    message: expect.not.stringContaining('Canary-1'),
  });
  expect((await store.read('default', 'x'))?.secret.reveal()).toBe('old');
  expect(await readdir(root)).toEqual(['x']);
});

test('S11 an error of the file system is reported without the path of the folder', async () => {
  const { folder, root } = await fresh();
  await put(fsSecretStore({ root }), 'x', 'old');
  const failing = (code: string) => () =>
    Promise.reject(Object.assign(new Error(`${code}: rename '${root}/x'`), { code }));
  for (const [code, refusal] of [
    ['EACCES', { code: 'SECRETS_UNSAFE' }],
    ['EROFS', { code: 'SECRETS_UNSAFE' }],
    ['EIO', { kind: 'unavailable' }],
  ] as const) {
    const store = fsSecretStore({ root, files: { ...nodeFiles, rename: failing(code) } });
    const message = expect.not.stringContaining(folder);
    await expect(put(store, 'x', 'new')).rejects.toMatchObject({ ...refusal, message });
  }
});

const scoped = (host: string, value: string) => ({ secret: new Secret(value), hosts: [host], services: [] });

test('R65b a crash between the writes of a secret never gives a value the hosts of the other one', async () => {
  const { root } = await fresh();
  await fsSecretStore({ root }).write('default', 'x', scoped('a.example', 'value-of-a'), context);
  for (let writes = 0; writes < 3; writes += 1) {
    let left = writes;
    const rename: typeof nodeFiles.rename = (...paths) =>
      (left -= 1) < 0 ? Promise.reject(Object.assign(new Error('cut'), { code: 'EIO' })) : nodeFiles.rename(...paths);
    const cut = fsSecretStore({ root, files: { ...nodeFiles, rename } });
    await cut.write('default', 'x', scoped('b.example', 'value-of-b'), context).catch(() => undefined);
    const stored = await fsSecretStore({ root }).read('default', 'x');
    expect(stored?.hosts).toEqual([stored?.secret.reveal() === 'value-of-a' ? 'a.example' : 'b.example']);
  }
});

test('R65b a value that another program replaced keeps its hosts, damaged hosts refuse the secret', async () => {
  const { root, store } = await fresh();
  await store.write('default', 'x', scoped('a.example', 'first'), context);
  await writeFile(join(root, 'x'), 'rotated');
  expect((await store.read('default', 'x'))?.hosts).toEqual(['a.example']);
  expect(await modeOf(join(root, 'x~scope'))).toBe('600');
  await writeFile(join(root, 'x~scope'), '{}');
  await expect(store.read('default', 'x')).rejects.toMatchObject({ code: 'SECRET_INVALID' });
  expect(await store.names('default')).toEqual(['x']);
  expect(await store.remove('default', 'x', context)).toBe(true);
  expect(await readdir(root)).toEqual([]);
});
