import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findSource } from '../../src/sources/find-source.ts';
import { readSource } from '../../src/sources/source-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function withFiles(...paths: string[]) {
  const folder = await temporaryFolder();
  for (const path of paths) {
    await mkdir(join(folder.path, path, '..'), { recursive: true });
    await writeFile(join(folder.path, path), 'module x\n');
  }
  return folder;
}

test.each([
  ['a name', 'bills', 'bills.clarity', 'bills'],
  ['a file', 'bills.clarity', 'bills.clarity', 'bills'],
  ['a path', './sub/one.clarity', 'sub/one.clarity', 'one'],
  ['a name in a folder', 'sub/one', 'sub/one.clarity', 'one'],
  ['a folder with one source', 'sub', 'sub/one.clarity', 'one'],
  ['a folder with a main source, by the name of the folder', 'app', 'app/main.clarity', 'app'],
  ['a name of a file and of a folder', 'both', 'both.clarity', 'both'],
  ['T-292 a name that could be a flag', './-o', '-o.clarity', '-o'],
  ['T-292 a name that a shell would run', '$(id)', '$(id).clarity', '$(id)'],
])('%s is found', async (_, what, path, name) => {
  await using folder = await withFiles(
    'bills.clarity',
    'sub/one.clarity',
    'sub/notes.txt',
    'app/main.clarity',
    'app/other.clarity',
    'both.clarity',
    'both/inner.clarity',
    '-o.clarity',
    '$(id).clarity',
  );
  expect(await findSource(folder.path, what)).toEqual({ path: join(folder.path, path), name });
});

test.each([
  ['a missing name', 'absent', "neither 'absent.clarity' nor a folder 'absent' exists"],
  ['a folder with two sources', 'two', 'contains 2 sources: a.clarity, b.clarity'],
  ['a folder without one', 'none', 'contains no .clarity source'],
  ['another kind of file', 'none/notes.txt', 'is not a Clarity source'],
  ['an empty name', '', 'the name of the source is empty'],
])('findSource rejects %s', async (_, what, message) => {
  await using folder = await withFiles('two/a.clarity', 'two/b.clarity', 'none/notes.txt');
  await expect(findSource(folder.path, what)).rejects.toThrow(message);
});

test('T-291 readSource rejects a pipe, a folder, non-UTF-8 bytes and a missing file without waiting', async () => {
  await using folder = await withFiles('good.clarity', 'dir.clarity/x');
  const at = (name: string): string => join(folder.path, name);
  execFileSync('mkfifo', [at('pipe.clarity')]);
  await writeFile(at('bytes.clarity'), Buffer.from([0x6d, 0xff]));
  expect(await readSource(at('good.clarity'))).toBe('module x\n');
  await expect(readSource(at('pipe.clarity'))).rejects.toThrow('the path is not a regular file');
  await expect(readSource(at('dir.clarity'))).rejects.toThrow('the path is a folder');
  await expect(readSource(at('bytes.clarity'))).rejects.toThrow('not text in UTF-8 or UTF-16');
  await expect(readSource(at('absent.clarity'))).rejects.toThrow('file not found');
});
