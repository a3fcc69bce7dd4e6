import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { readForeignFile } from '../../src/client-import/foreign-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('[first-hour.10] readForeignFile reads UTF-8 and UTF-16 with and without a byte order mark', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'a.json');
  for (const bytes of [Buffer.from('\ufeff{"ä":1}'), Buffer.from('\ufeff{"ä":1}', 'utf16le'), Buffer.from('{"ä":1}')]) {
    await writeFile(path, bytes);
    expect(await readForeignFile(path)).toBe('{"ä":1}');
  }
  await writeFile(path, Buffer.from([0x7b, 0xff, 0x7d]));
  await expect(readForeignFile(path)).rejects.toThrow('neither UTF-8 nor UTF-16');
  expect(await readForeignFile(join(folder, 'absent', 'b.json'))).toBe(undefined);
});

test('T-452 a link, a pipe, a folder and a large file are refused without a wait', async () => {
  const folder = await temporaryFolder();
  const path = (name: string): string => join(folder, name);
  await writeFile(path('real'), '{}');
  await symlink(path('real'), path('link'));
  await expect(readForeignFile(path('link'))).rejects.toThrow('link, which is not followed');
  await promisify(execFile)('mkfifo', [path('pipe')]);
  await expect(readForeignFile(path('pipe'))).rejects.toThrow('not a regular file');
  await expect(readForeignFile(folder)).rejects.toThrow('not a regular file');
  await writeFile(path('large'), 'x'.repeat(101));
  await expect(readForeignFile(path('large'), { maxBytes: 100 })).rejects.toThrow('larger than 100 bytes');
});

test('T-452 a folder of a project that is a link out of it is refused', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'project'));
  await mkdir(join(folder, 'other'));
  await writeFile(join(folder, 'other', 'mcp.json'), '{}');
  await symlink(join(folder, 'other'), join(folder, 'project', '.vscode'));
  const path = join(folder, 'project', '.vscode', 'mcp.json');
  await expect(readForeignFile(path, { within: join(folder, 'project') })).rejects.toThrow('leads out of the project');
});
