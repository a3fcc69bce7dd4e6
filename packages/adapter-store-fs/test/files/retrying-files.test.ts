import { expect, test } from '@jest/globals';
import { fsSecretStore, nodeFiles, openFsStore } from '@clarity-runtime/adapter-store-fs';
import { Secret } from '@clarity-runtime/core';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { join } from 'node:path';
import { retryingFiles } from '../../src/files/retrying-files.ts';
import { failure, filesWith } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Fails the operation at `at`, from 1, for `times` operations. */
function failingAt(code: string, at: number, times = 1) {
  let count = 0;
  const files = filesWith(() => {
    count += 1;
    if (count >= at && count < at + times) throw failure(code);
  });
  return { files, count: () => count };
}

test('R14a retryingFiles repeats a read after a transient failure, and not after a lasting one', async () => {
  const folder = await temporaryFolder();
  const once = failingAt('EMFILE', 1);
  expect(await retryingFiles(once.files).list(folder)).toEqual([]);
  expect(once.count()).toBe(2);
  const lasting = failingAt('EACCES', 1);
  await expect(retryingFiles(lasting.files).list(folder)).rejects.toMatchObject({ code: 'EACCES' });
  expect(lasting.count()).toBe(1);
});

test.each(['EMFILE', 'EIO', 'EBUSY'])(
  'R14a openFsStore starts when any one operation fails with %s once',
  async (code) => {
    const root = await temporaryFolder();
    const first = await openFsStore({ root });
    await first.registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
    await first[Symbol.asyncDispose]();
    const all = failingAt(code, Infinity);
    const whole = await openFsStore({ root, files: all.files });
    const count = all.count();
    await whole[Symbol.asyncDispose]();
    const failed: string[] = [];
    for (let at = 1; at <= count; at += 3) {
      try {
        await using store = await openFsStore({ root, files: failingAt(code, at).files });
        expect((await store.registry.list('default')).items).toHaveLength(1);
      } catch (error) {
        failed.push(`${String(at)}: ${String(error)}`);
      }
    }
    expect(failed).toEqual([]);
  },
  60_000,
);

test.each(['EMFILE', 'EIO'])(
  'R14a a secret is stored, replaced and removed when any one operation fails with %s',
  async (code) => {
    const context = sampleWrite();
    for (let at = 1; at <= 12; at += 1) {
      const root = join(await temporaryFolder(), 'secrets');
      const store = fsSecretStore({ root, files: failingAt(code, at).files });
      const scope = { hosts: ['bank.example'], services: [] };
      for (const value of ['first-value', 'other-value']) {
        await store.write('default', 'bank', { secret: new Secret(value), ...scope }, context);
        expect((await store.read('default', 'bank'))?.secret.reveal()).toBe(value);
      }
      expect(await store.remove('default', 'bank', context)).toBe(true);
      expect(await store.read('default', 'bank')).toBeUndefined();
    }
  },
  60_000,
);

test('T-374 R14a a secret keeps its value on a full disk, and the next write is stored', async () => {
  const root = join(await temporaryFolder(), 'secrets');
  const context = sampleWrite();
  let isFull = false;
  const files = filesWith((name) => {
    if (isFull && name === 'write') throw failure('ENOSPC');
  }, nodeFiles);
  const store = fsSecretStore({ root, files });
  const write = (value: string) =>
    store.write('default', 'bank', { secret: new Secret(value), hosts: [], services: [] }, context);
  await write('first-value');
  isFull = true;
  await expect(write('other-value')).rejects.toMatchObject({ kind: 'exhausted' });
  expect((await store.read('default', 'bank'))?.secret.reveal()).toBe('first-value');
  isFull = false;
  await write('other-value');
  expect((await store.read('default', 'bank'))?.secret.reveal()).toBe('other-value');
});
