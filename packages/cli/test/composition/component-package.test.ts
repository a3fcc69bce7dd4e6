import { execFile } from 'node:child_process';
import { mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { repository } from '../../../../test/support/workspace.ts';
import { ComponentPackage } from '../../src/composition/component-package.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HIDDEN = 'adapter-component';
/** The preamble of a component. */
const COMPONENT = Uint8Array.of(0, 0x61, 0x73, 0x6d, 13, 0, 1, 0);

/** Links the packages of this repository, in the form of an installation without the package of components. */
async function install(root: string): Promise<string> {
  const from = join(repository, 'node_modules');
  const to = join(root, 'node_modules');
  const own = '@clarity-runtime';
  await mkdir(join(to, own), { recursive: true });
  const names = [
    ...(await readdir(from)).filter((name) => name !== own && !name.startsWith('.')),
    ...(await readdir(join(from, own))).filter((name) => name !== HIDDEN).map((name) => join(own, name)),
  ];
  for (const name of names) await symlink(await realpath(join(from, name)), join(to, name));
  return join(to, 'clarity-runtime', 'bin', 'clarityctl.js');
}

test('without the package of components a component is an error with the command that installs it', async () => {
  await using folder = await temporaryFolder();
  const program = await install(folder.path);
  const file = join(folder.path, 'thing.wasm');
  await writeFile(file, COMPONENT);
  // Without the flags a link leads back to the packages of the repository.
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main'];
  const ended = await promisify(execFile)(process.execPath, [...flags, program, 'inspect', file], {
    cwd: folder.path,
    env: { HOME: folder.path, PATH: process.env['PATH'] ?? '' },
  }).catch((error: unknown) => error as { readonly code: number; readonly stderr: string });
  expect(ended).toMatchObject({ code: 1 });
  expect(ended.stderr).toContain('it is a component, which needs the package @clarity-runtime/adapter-component');
  expect(ended.stderr).toContain('npm install @clarity-runtime/adapter-component');
});

test('the package is loaded once, and can be closed without having been loaded', async () => {
  await using folder = await temporaryFolder();
  const components = new ComponentPackage(folder.path, { send: () => Promise.reject(new Error('unused')) });
  await components[Symbol.asyncDispose]();
  expect(await components.load()).toBe(await components.load());
  await components[Symbol.asyncDispose]();
});
