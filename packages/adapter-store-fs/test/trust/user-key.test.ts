import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openUserKey } from '../../src/trust/user-key.ts';
import { workspaceSeal } from '../../src/trust/workspace-seal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const macOf = (keys: readonly Uint8Array[]): string => workspaceSeal(keys, 'w').mac('l', Buffer.from('x'));
const macIn = async (options: Parameters<typeof openUserKey>[0]): Promise<string> =>
  (await openUserKey(options)).seal('w').mac('l', Buffer.from('x'));

test('R28a the user key is 32 bytes in a file of mode 0600 in a folder of mode 0700, and is reused', async () => {
  const at = await temporaryFolder();
  const folder = join(at, 'config', 'clarity');
  const macs = await Promise.all([macIn({ folder }), macIn({ folder }), macIn({ folder })]);
  const bytes = await readFile(join(folder, 'user.key'));
  expect(bytes).toHaveLength(32);
  expect(new Set([...macs, macOf([bytes])]).size).toBe(1);
  expect((await stat(join(folder, 'user.key'))).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual(['user.key']);
});

test('R28a a key file replaces the user key, as bytes, hex or base64, with one key or two', async () => {
  const at = await temporaryFolder();
  const [first, second] = [randomBytes(32), randomBytes(32)];
  const keyFile = join(at, 'given');
  const contents: readonly (Uint8Array | string)[] = [
    first,
    Buffer.concat([first, second]),
    `${first.toString('hex')}\n`,
    `${first.toString('base64')}\n${second.toString('base64url')}\n`,
  ];
  for (const content of contents) {
    await writeFile(keyFile, content);
    expect(await macIn({ folder: join(at, 'unused'), keyFile })).toBe(macOf([first]));
  }
  expect(await readdir(at)).toEqual(['given']);
});

test.each([
  ['', 'empty'],
  ['x'.repeat(31), 'short'],
  ['x'.repeat(96), 'three keys'],
  ['y'.repeat(600), 'long'],
])('R28a a key file with the content %j is refused (%s)', async (content) => {
  const at = await temporaryFolder();
  const keyFile = join(at, 'given');
  await writeFile(keyFile, content);
  await expect(openUserKey({ folder: at, keyFile })).rejects.toMatchObject({ kind: 'corrupt' });
});

test('R28a a user key that is a link is refused', async () => {
  const at = await temporaryFolder();
  await writeFile(join(at, 'planted'), randomBytes(32));
  await mkdir(join(at, 'config'));
  await symlink(join(at, 'planted'), join(at, 'config', 'user.key'));
  await expect(openUserKey({ folder: join(at, 'config') })).rejects.toMatchObject({ kind: 'forbidden' });
});

test('R28a modes of the user key that others can read are restricted', async () => {
  const at = await temporaryFolder();
  await openUserKey({ folder: at });
  await chmod(join(at, 'user.key'), 0o644);
  await openUserKey({ folder: at });
  expect((await stat(join(at, 'user.key'))).mode & 0o777).toBe(0o600);
});

test('R28a the user key is ephemeral, with the reason, when its folder cannot be created', async () => {
  const at = await temporaryFolder();
  await writeFile(join(at, 'file'), '');
  const key = await openUserKey({ folder: join(at, 'file', 'clarity') });
  expect(key.ephemeral).toContain('ENOTDIR');
});
