import { spawnSync } from 'node:child_process';
import { chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { assertOwn, makeOwnFolder, ownFiles } from '../../src/files/own-files.ts';
import { openFsStore } from '../../src/store/fs-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const refused = (path: string) => ({ kind: 'forbidden', message: expect.stringContaining(path) });

test('R61a every operation is refused with the path when an element belongs to another user', async () => {
  const root = await temporaryFolder();
  const folder = join(root, '.clarity', 'runtime');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a'), 'x');
  const files = ownFiles(root, { uid: 4_000_000 });
  const top = join(root, '.clarity');
  await expect(files.read(join(folder, 'a'))).rejects.toMatchObject(refused(top));
  await expect(files.create(join(folder, 'b'))).rejects.toMatchObject(refused(top));
  await expect(files.list(folder)).rejects.toMatchObject(refused(top));
  await expect(files.restrict(folder, 0o700)).rejects.toMatchObject(refused(top));
  await expect(files.rename(join(folder, 'a'), join(folder, 'b'))).rejects.toMatchObject(refused(top));
});

test('R61a T-333 a workspace whose .clarity belongs to another user does not open', async () => {
  if (process.geteuid?.() !== 0) return;
  const root = await temporaryFolder();
  const folder = join(root, '.clarity');
  await mkdir(join(folder, 'runtime'), { recursive: true });
  await chown(folder, 65_534, 65_534);
  await expect(openFsStore({ root })).rejects.toMatchObject({
    kind: 'forbidden',
    message: expect.stringContaining(`${folder}: the path belongs to uid 65534`),
  });
});

test.each([
  ['the state folder', '.clarity'],
  ['a folder below it', '.clarity/runtime'],
  ['a file', '.clarity/runtime/registry.json'],
])('R61a %s that is a link is refused, and its target is unchanged', async (_, name) => {
  const root = await temporaryFolder();
  const target = join(root, 'target');
  const isFile = name.endsWith('.json');
  if (isFile) await writeFile(target, 'mine');
  else await mkdir(target);
  await mkdir(join(root, name, '..'), { recursive: true });
  await symlink(target, join(root, name));
  await expect(openFsStore({ root })).rejects.toMatchObject(refused(join(root, name)));
  if (isFile) expect(await readFile(target, 'utf8')).toBe('mine');
});

test('R61a a pipe in the place of a file is refused and does not block', async () => {
  const root = await temporaryFolder();
  const folder = join(root, '.clarity', 'runtime');
  await mkdir(folder, { recursive: true });
  if (spawnSync('mkfifo', [join(folder, 'policies.json')]).status !== 0) return;
  await expect(openFsStore({ root })).rejects.toMatchObject(refused('policies.json'));
});

test('R100c makeOwnFolder keeps an existing .gitignore', async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, '.clarity'));
  await writeFile(join(root, '.clarity', '.gitignore'), 'mine\n');
  await makeOwnFolder(root, join(root, '.clarity', 'build'));
  expect(await readFile(join(root, '.clarity', '.gitignore'), 'utf8')).toBe('mine\n');
});

test.each([
  ['.clarity/runtime/plain'],
  ['.clarity/runtime/missing'],
  ['.clarity/runtime/plain/below'],
  ['.clarity/runtime/link'],
  ['.clarity/linked/plain'],
  ['.clarity/pipe'],
  ['.clarity/../outside'],
  ['.'],
])(
  'R61a the check of %s has the same result with and without blocking, for this user and another one',
  async (name) => {
    const root = await temporaryFolder();
    const folder = join(root, '.clarity', 'runtime');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'plain'), 'x');
    await symlink(join(folder, 'plain'), join(folder, 'link'));
    await symlink(folder, join(root, '.clarity', 'linked'));
    spawnSync('mkfifo', [join(root, '.clarity', 'pipe')]);
    const outcome = (uid: number | undefined, isBlocking: boolean): Promise<unknown> =>
      assertOwn(root, join(root, name), { uid, isBlocking }).then(
        () => 'allowed',
        (error: unknown) => (error as Error).message,
      );
    for (const uid of [undefined, 4_000_000]) expect(await outcome(uid, true)).toBe(await outcome(uid, false));
  },
);
