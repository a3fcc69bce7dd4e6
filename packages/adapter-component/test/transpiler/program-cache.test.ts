import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { ProgramCache } from '../../src/transpiler/program-cache.ts';

const folder = join(mkdtempSync(join(tmpdir(), 'clarity-programs-')), 'components');
const cache = new ProgramCache(folder);

afterAll(() => {
  rmSync(join(folder, '..'), { recursive: true });
});

test('a stored program is found by its component, for this user only', async () => {
  expect(await cache.read(Buffer.from('one'))).toBeUndefined();
  await cache.write(Buffer.from('one'), Buffer.from('program'));
  expect(Buffer.from((await cache.read(Buffer.from('one'))) ?? '').toString()).toBe('program');
  expect(await cache.read(Buffer.from('two'))).toBeUndefined();
  if (process.platform === 'win32') return;
  const [name = ''] = readdirSync(folder);
  expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
});

test('T-572 a damaged entry counts as absent', async () => {
  await cache.write(Buffer.from('damaged'), Buffer.from('program of a component'));
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), bytes.fill(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1));
  }
  expect(await cache.read(Buffer.from('damaged'))).toBeUndefined();
});

test('at most 64 programs are kept, and a folder that cannot be written has no effect', async () => {
  for (let at = 0; at < 70; at += 1) await cache.write(Buffer.from(`component ${String(at)}`), Buffer.from('program'));
  expect(readdirSync(folder).length).toBeLessThanOrEqual(64);
  const none = new ProgramCache(join(folder, readdirSync(folder)[0] ?? '', 'below a file'));
  await none.write(Buffer.from('x'), Buffer.from('y'));
  expect(await none.read(Buffer.from('x'))).toBeUndefined();
});
