import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { temporaryFolder } from '../support/temporary-folder.ts';

const journal = (root: string): string => join(root, '.clarity', 'runtime', 'sessions.jsonl');
const DAY_MS = 24 * 60 * 60_000;

interface Seen {
  readonly ended: readonly string[];
  readonly key: string;
}

async function seen(root: string, add: readonly (readonly [string, number])[] = []): Promise<Seen> {
  await using store = await openFsStore({ root });
  await Promise.all(add.map(([key, at]) => store.endedSessions.add(key, at)));
  return { ended: [...store.endedSessions.ended.keys()], key: Buffer.from(store.sessionKey).toString('hex') };
}

test('R07a ended sessions are known after a restart, those older than 30 days are dropped', async () => {
  const root = await temporaryFolder();
  const now = Date.now();
  const first = await seen(root, [
    ['old', now - 31 * DAY_MS],
    ['a', now],
    ['b', now],
  ]);
  expect(await seen(root)).toEqual({ ended: ['a', 'b'], key: first.key });
  expect(await seen(root)).toEqual({ ended: ['a', 'b'], key: first.key });
});

test('R07a an interrupted line is dropped and the key stays', async () => {
  const root = await temporaryFolder();
  const { key } = await seen(root, [['a', Date.now()]]);
  await writeFile(journal(root), `${await readFile(journal(root), 'latin1')}half of a li`);
  expect(await seen(root)).toEqual({ ended: ['a'], key });
});

test.each<[string, (path: string) => Promise<void>]>([
  ['removed', unlink],
  ['emptied', (path) => writeFile(path, '')],
  ['edited', async (path) => writeFile(path, (await readFile(path, 'latin1')).replace('a ', 'b '))],
  [
    'cut at the start',
    async (path) => writeFile(path, (await readFile(path, 'latin1')).split('\n').slice(1).join('\n')),
  ],
])('R07a the session key is replaced when the journal was %s, so that no ended id works again', async (_, change) => {
  const root = await temporaryFolder();
  const { key } = await seen(root, [['a', Date.now()]]);
  await change(journal(root));
  const after = await seen(root);
  expect(after.key).not.toBe(key);
  expect((await seen(root)).key).toBe(after.key);
});
