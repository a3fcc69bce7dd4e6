import { appendFile, mkdtemp, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyExportedFile } from '../../src/audit-export/exported-file.ts';
import { FileSink } from '../../src/audit-export/file-sink.ts';
import { eventOf } from './exporting.ts';

const newPath = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'clarity-audit-')), 'audit.jsonl');
const events = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => eventOf(`e${String(from + i)}`, { seq: from + i }));

async function written(...batches: readonly (readonly [number, number])[]): Promise<string> {
  const path = await newPath();
  for (const batch of batches) {
    const sink = new FileSink(path);
    await sink.write(events(...batch));
    await sink.close();
  }
  return path;
}

test('FileSink appends lines with mode 0600 that form one chain over restarts', async () => {
  const path = await written([1, 3], [4, 2]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const verdict = await verifyExportedFile(path);
  expect(verdict).toMatchObject({ lines: 5, torn: 0, from: 1, to: 5, base: '0'.repeat(64) });
  expect(verdict.fault).toBeUndefined();
  expect(await verifyExportedFile(path, verdict.head)).toMatchObject({ expected: true });
  const sink = new FileSink(path);
  expect(await sink.last()).toEqual({ seq: 5, id: 'i/1/1' });
  await sink.close();
});

test('any changed, removed, repeated or moved line of an exported file is found, with the head also a cut end', async () => {
  const path = await written([1, 12]);
  const { head } = await verifyExportedFile(path);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const damage = fc.constantFrom('change', 'remove', 'repeat', 'swap', 'cut');
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(11), async (how, at) => {
      const all = [...lines];
      if (how === 'change') all[at] = (all[at] ?? '').replace('"e', '"x');
      if (how === 'remove') all.splice(at, 1);
      if (how === 'repeat') all.splice(at, 0, all[at] ?? '');
      if (how === 'swap') [all[at], all[at === 11 ? 0 : at + 1]] = [all[at === 11 ? 0 : at + 1] ?? '', all[at] ?? ''];
      if (how === 'cut') all.length = at;
      await writeFile(path, all.map((line) => `${line}\n`).join(''));
      const { fault, expected, base } = await verifyExportedFile(path, head);
      expect(fault !== undefined || expected === false || base !== '0'.repeat(64)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a partial line of a killed process is counted and does not break the chain', async () => {
  const path = await written([1, 2]);
  await appendFile(path, '{"at":"2026');
  const sink = new FileSink(path);
  await sink.write(events(3, 2));
  await sink.close();
  expect(await verifyExportedFile(path)).toMatchObject({ lines: 5, torn: 1, to: 4 });
  expect((await verifyExportedFile(path)).fault).toBeUndefined();
});

test('after reopen FileSink writes to the new file, whose base is the head of the old one', async () => {
  const path = await newPath();
  const sink = new FileSink(path);
  await sink.write(events(1, 2));
  await rename(path, `${path}.1`);
  await sink.write(events(3, 1));
  sink.reopen();
  await sink.write(events(4, 2));
  await sink.close();
  const old = await verifyExportedFile(`${path}.1`);
  expect(old).toMatchObject({ lines: 3, to: 3 });
  expect(await verifyExportedFile(path, old.head)).toMatchObject({ lines: 2, base: old.head, expected: true });
});

test('FileSink does not follow a link', async () => {
  const path = await newPath();
  await symlink('/etc/hostname', path);
  await expect(new FileSink(path).write(events(1, 1))).rejects.toMatchObject({ code: 'ELOOP' });
});
