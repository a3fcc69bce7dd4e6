import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fsArtifactStore, nodeFiles } from '@clarity-runtime/adapter-store-fs';
import { systemClock } from '@clarity-runtime/core';
import { collectArtifacts } from '../../src/artifacts/artifact-collector.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OLD = new Date(Date.now() - 25 * 3_600_000);
const bytesOf = (text: string): Uint8Array => Buffer.from(text);

async function withArtifacts(...texts: readonly string[]) {
  const folder = await temporaryFolder();
  const artifacts = join(folder, 'artifacts');
  const store = fsArtifactStore({ folder: artifacts });
  const digests: string[] = [];
  for (const text of texts) {
    const digest = await store.put('default', 'wasm', bytesOf(text));
    await utimes(join(artifacts, `${digest}.wasm`), OLD, OLD);
    digests.push(digest);
  }
  const collect = (): Promise<readonly string[]> => collectArtifacts({ folder, files: nodeFiles, clock: systemClock });
  return { folder, artifacts, store, digests, collect };
}

test('collectArtifacts deletes old artifacts that no record names, and only them', async () => {
  const { folder, artifacts, store, digests, collect } = await withArtifacts(
    'named',
    'unknown kind',
    'in the backup',
    'left',
  );
  await writeFile(
    join(folder, 'registry.json'),
    JSON.stringify({ a: digests[0], odd: [{ deep: `x ${digests[1] ?? ''}` }] }),
  );
  await writeFile(join(folder, 'registry.json.bak'), JSON.stringify({ a: digests[2] }));
  const fresh = await store.put('default', 'wasm', bytesOf('just stored'));
  await writeFile(join(artifacts, 'notes.txt'), 'not an artifact');
  expect(await collect()).toEqual([`${digests[3] ?? ''}.wasm`]);
  const kept = [...digests.slice(0, 3), fresh].map((digest) => `${digest}.wasm`);
  expect((await readdir(artifacts)).sort()).toEqual([...kept, 'notes.txt'].sort());
});

test('an artifact that is stored again is kept for another 24 hours', async () => {
  const { store, collect } = await withArtifacts('again');
  await store.put('default', 'wasm', bytesOf('again'));
  expect(await collect()).toEqual([]);
});

test('collectArtifacts deletes nothing when a file of records cannot be read', async () => {
  const { folder } = await withArtifacts('left');
  const files = { ...nodeFiles, read: () => Promise.reject(new Error('EIO')) };
  await writeFile(join(folder, 'registry.json'), '{}');
  await expect(collectArtifacts({ folder, files, clock: systemClock })).rejects.toThrow('EIO');
  expect(await readdir(join(folder, 'artifacts'))).toHaveLength(1);
});
