import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  deleteOtherVersions,
  deletePrograms,
  homeVersions,
  installVersion,
  useVersion,
} from '../../src/daemon/home-versions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A program in place of npm that installs a package with the version behind the `@`, or fails for `broken`. */
const NPM = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const args = process.argv.slice(2);
const spec = args.at(-1);
if (!args.includes('--ignore-scripts')) throw new Error('scripts of packages would run');
if (spec.endsWith('@broken')) { console.error('npm error code E404\\nnpm error 404 not found'); process.exit(1); }
const folder = join(args[args.indexOf('--prefix') + 1], 'node_modules', 'clarity-runtime');
mkdirSync(join(folder, 'bin'), { recursive: true });
const name = spec.endsWith('@foreign') ? 'other' : 'clarity-runtime';
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: spec.split('@').at(-1) }));
`;

async function home() {
  const folder = await temporaryFolder();
  const npm = join(folder.path, 'npm-cli.js');
  await writeFile(join(folder.path, 'package.json'), '{"type":"module"}');
  await writeFile(npm, NPM);
  const path = join(folder.path, 'home');
  await mkdir(path);
  const env = { npm_execpath: npm, PATH: process.env['PATH'] };
  return {
    ...{ path, folder },
    install: (spec: string) => installVersion(path, spec, env),
    app: async () => (await readdir(join(path, 'app'))).sort(),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('a version is installed beside the others without scripts, and only two of them stay', async () => {
  await using at = await home();
  const { path } = at;
  expect(await homeVersions(path)).toEqual({ current: undefined, previous: undefined });
  for (const version of ['1.0.0', '1.1.0', '2.0.0-next.1']) expect(await at.install(version)).toBe(version);
  const daemon = await useVersion(path, { current: '1.1.0', previous: '1.0.0' });
  expect(daemon).toBe(join(path, 'app/current/node_modules/clarity-runtime/bin/clarityd.js'));
  await useVersion(path, { current: '2.0.0-next.1', previous: '1.1.0' });
  await deleteOtherVersions(path);
  expect(await at.app()).toEqual(['1.1.0', '2.0.0-next.1', 'current', 'previous']);
  expect(await homeVersions(path)).toEqual({ current: '2.0.0-next.1', previous: '1.1.0' });
  // The way back, without a version before.
  await useVersion(path, { current: '1.1.0', previous: undefined });
  expect(await homeVersions(path)).toEqual({ current: '1.1.0', previous: undefined });
});

test.each([
  ['broken', 'npm error code E404'],
  ['foreign', 'the package is not clarity-runtime'],
])('%s leaves no folder and says why', async (spec, message) => {
  await using at = await home();
  await expect(at.install(spec)).rejects.toThrow(message);
  expect(await at.app()).toEqual([]);
});

test('T-544 the removal of programs keeps every file that is not of the home', async () => {
  await using at = await home();
  const { path } = at;
  await at.install('1.0.0');
  await useVersion(path, { current: '1.0.0', previous: undefined });
  await writeFile(join(path, 'bin/other'), 'mine');
  await writeFile(join(path, 'bin/clarityc'), 'mine too');
  await chmod(join(path, 'bin/clarityc'), 0o700);
  await mkdir(join(path, 'app/notes'));
  await deletePrograms(path);
  expect((await readdir(join(path, 'bin'))).sort()).toEqual(['clarityc', 'other']);
  expect(await readFile(join(path, 'bin/clarityc'), 'utf8')).toBe('mine too');
  expect(await at.app()).toEqual(['notes']);
});
