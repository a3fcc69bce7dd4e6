import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findWorkingCommands, withWorkingCommands } from '../../src/support/working-commands.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function placeProgram(...folders: string[]): Promise<void> {
  const folder = join(...folders);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'clarityctl'), '#!/bin/sh\n');
  await chmod(join(folder, 'clarityctl'), 0o755);
}

test('a command is bare on the PATH, through npx in a project or a cache of npx, and otherwise a full path', async () => {
  await using folder = await temporaryFolder();
  const pathOf = (name: string): string => `/opt/app/bin/${name}.js`;
  const cached = (name: string): string => `/home/me/.npm/_npx/0123/node_modules/clarity-runtime/bin/${name}.js`;
  const ofPath = (PATH: string, cwd = folder.path, paths = pathOf): string =>
    findWorkingCommands({ env: { PATH }, cwd, pathOf: paths, node: '/usr/bin/node' }).clarityctl;
  await mkdir(join(folder.path, 'empty', 'node_modules'), { recursive: true });
  await placeProgram(folder.path, 'bin');
  await placeProgram(folder.path, 'project', 'node_modules', '.bin');
  await mkdir(join(folder.path, 'project', 'deep'));
  expect(ofPath(join(folder.path, 'bin'))).toBe('clarityctl');
  expect(ofPath('', join(folder.path, 'project', 'deep'))).toBe('npx clarityctl');
  // npm puts this folder on the PATH only while it runs a command.
  const passing = join(folder.path, 'project', 'node_modules', '.bin');
  expect(ofPath(passing, join(folder.path, 'project'))).toBe('npx clarityctl');
  expect(ofPath('', join(folder.path, 'empty'), cached)).toBe('npx clarity-runtime');
  expect(ofPath('', join(folder.path, 'empty'))).toBe('/opt/app/bin/clarityctl.js');
  expect(ofPath('', join(folder.path, 'empty'), () => '/my apps/clarityctl.js')).toBe('"/my apps/clarityctl.js"');
});

const commands = {
  'clarity-runtime': '/x/clarity-runtime',
  clarityctl: '/x/clarityctl',
  clarityd: '/x/clarityd',
  clarityc: '/x/clarityc',
};

test('commands of a hint are replaced between backticks and after `fix: `, and other words are not', () => {
  const shown = (text: string): string => withWorkingCommands(text, commands);
  expect(shown('see `clarityctl logs a`, then `npx clarityd`')).toBe('see `/x/clarityctl logs a`, then `/x/clarityd`');
  expect(shown('fix: clarity-runtime up')).toBe('fix: /x/clarity-runtime up');
  expect(shown('clarityctl and `clarityctls x` and `my-clarityctl`')).toBe(
    'clarityctl and `clarityctls x` and `my-clarityctl`',
  );
  expect(withWorkingCommands('`clarityctl x`', undefined)).toBe('`clarityctl x`');
});

test('a text without a command between backticks is not changed', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('`') && !text.includes('fix:')),
      (text) => {
        expect(withWorkingCommands(text, commands)).toBe(text);
      },
    ),
  );
});
