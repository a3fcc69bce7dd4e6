import { link, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StoreError } from '@clarity-runtime/core';
import { fsServiceRegistry, nodeFiles, type FileOperations } from '@clarity-runtime/adapter-store-fs';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { failingAt } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const seeded = async (): Promise<string> => {
  const folder = await temporaryFolder();
  const registry = await fsServiceRegistry({ folder });
  await registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
  await registry.put('default', sampleRecord('b'), 'absent', sampleWrite());
  await registry[Symbol.asyncDispose]();
  return folder;
};

describe.each([
  ['EIO', 'unavailable'],
  ['ENOSPC', 'exhausted'],
  ['EACCES', 'forbidden'],
])('%s at any step', (code, kind) => {
  test.each([false, true])(
    'keeps every confirmed change and confirms no failed one (permanent failure: %s)',
    async (forGood) => {
      for (let n = 1; n <= 100; n += 1) {
        const folder = await seeded();
        const { files, steps } = failingAt({ at: n, code, forGood });
        const answered = ['a', 'b'];
        try {
          const registry = await fsServiceRegistry({ folder, files });
          for (const name of ['c', 'd']) {
            try {
              await registry.put('default', sampleRecord(name), 'absent', sampleWrite());
              answered.push(name);
            } catch (error) {
              // Only a failed sync leaves open whether the change is on disk.
              expect([kind, 'indeterminate']).toContain((error as StoreError).kind);
            }
          }
          const inMemory = (await registry.list('default')).items.map(({ value }) => value.namespace);
          expect(inMemory).toEqual(answered);
          await registry[Symbol.asyncDispose]();
        } catch (error) {
          expect(error).toMatchObject({ kind });
        }
        const found = (await (await fsServiceRegistry({ folder })).list('default')).items.map(
          ({ value }) => value.namespace,
        );
        for (const name of answered) expect(found).toContain(name);
        expect((await readdir(folder)).filter((name) => name.includes('.tmp-'))).toEqual([]);
        if (steps() < n) return;
      }
      throw new Error('there are more steps than were tried');
    },
  );
});

test('U43 forty concurrent changes share a few writes and resolve after their write is on disk', async () => {
  const folder = await temporaryFolder();
  let writes = 0;
  const files: FileOperations = {
    ...nodeFiles,
    create: (path) => {
      writes += 1;
      return nodeFiles.create(path);
    },
  };
  const registry = await fsServiceRegistry({ folder, files });
  const letters = Array.from({ length: 40 }, (_, i) => String.fromCharCode(0x61 + (i % 26)) + String(i));
  await Promise.all(letters.map((name) => registry.put('default', sampleRecord(name), 'absent', sampleWrite())));
  expect(writes).toBeLessThanOrEqual(3);
  expect((await (await fsServiceRegistry({ folder })).list('default')).items).toHaveLength(40);
});

test('D19 a write after an interruption between the two renames leaves no temporary file', async () => {
  const folder = await seeded();
  await unlink(join(folder, 'registry.json.bak'));
  await link(join(folder, 'registry.json'), join(folder, 'registry.json.bak'));
  const registry = await fsServiceRegistry({ folder });
  await registry.put('default', sampleRecord('c'), 'absent', sampleWrite());
  await registry[Symbol.asyncDispose]();
  expect((await readdir(folder)).toSorted()).toEqual(['registry.json', 'registry.json.bak']);
});
