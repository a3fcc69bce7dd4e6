import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { writeBuilt } from '../../src/compilers/build-output.ts';
import { makeUnlinkedFolder } from '../../src/support/own-folder.ts';
import { ToolchainError } from '../../src/support/toolchain-error.ts';
import { temporaryFolder } from './temporary-folder.ts';

test.each(['.clarity', '.clarity/build', '.clarity/build/deep'])(
  'T-397 a build follows no link at %s and writes nothing outside of the workspace',
  async (linked) => {
    await using workspace = await temporaryFolder();
    await using outside = await temporaryFolder();
    const link = join(workspace.path, linked);
    await mkdir(dirname(link), { recursive: true });
    await symlink(outside.path, link);
    const folder = join(workspace.path, '.clarity', 'build', 'deep');
    await expect(makeUnlinkedFolder(folder)).rejects.toThrow(`${link} is a link`);
    const built = writeBuilt(join(folder, 'm.wasm'), { wasm: Buffer.from('x') });
    await expect(built).rejects.toBeInstanceOf(ToolchainError);
    expect(await readdir(outside.path)).toEqual([]);
  },
);

test('makeUnlinkedFolder creates the folder, follows a link before .clarity and reports a file', async () => {
  await using workspace = await temporaryFolder();
  await using real = await temporaryFolder();
  await symlink(real.path, join(workspace.path, 'home'));
  await makeUnlinkedFolder(join(workspace.path, 'home', '.clarity', 'build'));
  expect(await readdir(join(real.path, '.clarity'))).toEqual(['build']);
  await writeFile(join(real.path, '.clarity', 'build', 'x'), '');
  const below = makeUnlinkedFolder(join(workspace.path, 'home', '.clarity', 'build', 'x', 'y'));
  await expect(below).rejects.toThrow('is not a folder');
});
