import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ImportJournal } from '@clarity-runtime/adapter-store-fs';
import type { ImportTarget } from '../../src/client-imports/import-target.ts';
import { undoImport } from '../../src/client-imports/undo-import.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NAMES = ['codex', 'claude', 'cursor'] as const;

const noEntry = (): Promise<boolean> => Promise.resolve(false);

/** A target whose file of the user has the tokens of some clients. */
function withTokens(names: readonly string[]): { readonly target: ImportTarget; readonly dropped: string[] } {
  const dropped: string[] = [];
  const unused = (): never => {
    throw new Error('not used');
  };
  const target: ImportTarget = {
    ...{ setSecret: unused, deleteSecret: unused, register: unused, start: unused, find: unused, remove: unused },
    dropToken: (name) => {
      dropped.push(name);
      return Promise.resolve(names.includes(name));
    },
  };
  return { target, dropped };
}

test('law: an undo revokes each token that the import created, except those of clients with another entry', async () => {
  await using folder = await temporaryFolder();
  const some = fc.subarray([...NAMES]);
  await fc.assert(
    fc.asyncProperty(some, some, some, some, async (created, owned, configured, others) => {
      const journal = new ImportJournal(folder.path);
      for (const { id } of await journal.list()) await journal.forget(id);
      const other = await journal.begin('http://127.0.0.1:1', new Date());
      const target = (client: string) => ({ client, scope: 'user' as const, path: `/o/${client}`, container: [] });
      for (const client of others) await other.keepOriginal({ ...target(client), names: [] }, new Uint8Array());
      const { record } = await journal.begin('http://127.0.0.1:1', new Date());
      const opened = await journal.open(record.id);
      for (const client of created) await opened?.addToken(client, `client-${client}`);
      // A new process reads the record.
      const found = await journal.open(record.id);
      if (found === undefined) throw new Error('the journal has no record');
      const { target: runtime, dropped } = withTokens(owned.map((name) => `client-${name}`));
      const steps = await undoImport(runtime, journal, found, (name) =>
        Promise.resolve(configured.some((each) => each === name)),
      );
      const isUsed = (name: (typeof NAMES)[number]): boolean => configured.includes(name) || others.includes(name);
      expect(dropped).toEqual(created.filter((name) => !isUsed(name)).map((name) => `client-${name}`));
      expect(steps.map(({ what, name, result }) => [what, name, result])).toEqual(
        created.map((name) => [
          'token',
          `client-${name}`,
          isUsed(name) ? 'kept' : owned.includes(name) ? 'removed' : 'unchanged',
        ]),
      );
      expect(await journal.open(record.id)).toBeUndefined();
    }),
    { numRuns: 40 },
  );
});

test('a token whose file cannot be restored is kept, and the record too', async () => {
  await using folder = await temporaryFolder();
  const journal = new ImportJournal(folder.path);
  const opened = await journal.begin('http://127.0.0.1:1', new Date());
  const file = { client: 'codex', scope: 'user' as const, path: folder.path, container: [], names: [] };
  await opened.keepOriginal(file, new Uint8Array([1]));
  await opened.addToken('codex', 'client-codex');
  const { target, dropped } = withTokens(['client-codex']);
  const steps = await undoImport(target, journal, opened, noEntry);
  expect([steps, dropped]).toMatchObject([
    [
      { what: 'file', result: 'failed' },
      { what: 'token', result: 'kept' },
    ],
    [],
  ]);
  expect(await journal.open(opened.record.id)).toBeDefined();
});

test('a record of an older version has no tokens and is undone', async () => {
  await using folder = await temporaryFolder();
  const { mkdir, writeFile } = await import('node:fs/promises');
  const id = '20260101-000000-abcd';
  await mkdir(`${folder.path}/imports/${id}`, { recursive: true });
  const record = { id, at: '2026-01-01T00:00:00.000Z', daemonUrl: 'http://127.0.0.1:1', isComplete: true };
  const text = JSON.stringify({ ...record, services: [], secrets: [], files: [] });
  await writeFile(`${folder.path}/imports/${id}/import.json`, text);
  const journal = new ImportJournal(folder.path);
  const found = await journal.open(id);
  if (found === undefined) throw new Error('the record is not read');
  expect(await undoImport(withTokens([]).target, journal, found, noEntry)).toEqual([]);
});
