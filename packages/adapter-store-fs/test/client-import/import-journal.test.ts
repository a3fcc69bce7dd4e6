import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ImportJournal } from '../../src/client-import/import-journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const at = new Date('2026-11-30T08:00:00Z');
const target = { client: 'cursor', scope: 'user' as const, path: '/x', container: ['mcpServers'], names: ['a'] };

test('a record has every change before it is made, and only the user can read it', async () => {
  const folder = await temporaryFolder();
  const journal = new ImportJournal(folder);
  const opened = await journal.begin('http://localhost:1', at);
  const { id } = opened.record;
  expect(id).toMatch(/^20261130-080000-[0-9a-f]{4}$/);
  await opened.addSecret('file:import/a/T');
  await opened.addService({ serviceId: 'svc_1', namespace: 'a', digest: 'd' });
  await opened.keepOriginal(target, Buffer.from('before'));
  expect((await journal.list())[0]).toMatchObject({ id, isComplete: false, secrets: ['file:import/a/T'] });
  await opened.rewired({ ...target, digest: 'e', added: true });
  await opened.complete();
  const again = await journal.open(id);
  expect(again?.record).toMatchObject({ isComplete: true, files: [{ ...target, digest: 'e', added: true }] });
  const [file] = again?.record.files ?? [];
  expect(file && Buffer.from((await again?.originalOf(file)) ?? []).toString()).toBe('before');
  for (const name of await readdir(join(folder, 'imports', id))) {
    expect((await stat(join(folder, 'imports', id, name))).mode & 0o077).toBe(0);
  }
  expect(await journal.forget(id)).toBe(true);
  expect([await journal.list(), await journal.forget(id), await journal.open('../x')]).toEqual([[], false, undefined]);
});

test('a damaged record is left out', async () => {
  const folder = await temporaryFolder();
  const journal = new ImportJournal(folder);
  const { record } = await journal.begin('http://localhost:1', at);
  await writeFile(join(folder, 'imports', record.id, 'import.json'), '{"id":');
  expect(await journal.list()).toEqual([]);
});
