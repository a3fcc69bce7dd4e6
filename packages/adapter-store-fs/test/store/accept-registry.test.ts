import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { acceptRegistry, fsServiceRegistry, nodeFiles, openFsStore } from '@clarity-runtime/adapter-store-fs';
import { type ServiceRecord } from '@clarity-runtime/core';
import { deriveServiceId } from '@clarity-runtime/core/internal';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { failure, filesWith } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let root: string;
const folder = (): string => join(root, '.clarity', 'runtime');
const path = (): string => join(folder(), 'registry.json');
const record = (name: string): ServiceRecord => {
  const sample = sampleRecord(name);
  return { ...sample, serviceId: deriveServiceId(sample.manifest) };
};
const edit = async (from: string, to: string): Promise<string> => {
  const text = (await readFile(path(), 'utf8')).replace(from, to);
  await writeFile(path(), text);
  return text;
};

beforeEach(async () => {
  root = await temporaryFolder();
  await using workspace = await openFsStore({ root });
  for (const name of ['a', 'b']) await workspace.registry.put('default', record(name), 'absent', sampleWrite());
});

test('acceptRegistry keeps an edited registry as backup and writes it with new revisions and digest', async () => {
  const text = await edit('"displayName": "a "', '"displayName": "mended"');
  const accepted = await acceptRegistry({ root });
  expect(accepted.services).toBe(2);
  expect(await readFile(accepted.backup, 'utf8')).toBe(text);
  await using workspace = await openFsStore({ root });
  const { items } = await workspace.registry.list('default');
  expect(items.map(({ value }) => value.manifest.metadata.displayName).sort()).toEqual(['b ', 'mended']);
  expect(items.map(({ revision }) => revision).sort()).toEqual(['r3', 'r4']);
  expect(await workspace.telemetry.events('default', { limit: 9 })).toEqual([]);
});

test('acceptRegistry rejects invalid records with the reason and changes nothing', async () => {
  const refusals: readonly (readonly [string, string, string])[] = [
    ['"namespace": "b"', '"namespace": "a"', 'used twice'],
    ['"/b.wasm"', '"/c.wasm"', 'does not match'],
    ['"services"', '"servants"', 'not a registry'],
    ['{', '', 'not JSON'],
  ];
  const before = await readFile(path(), 'utf8');
  for (const [from, to, reason] of refusals) {
    await writeFile(path(), before);
    const text = await edit(from, to);
    await expect(acceptRegistry({ root })).rejects.toMatchObject({ message: expect.stringContaining(reason) });
    expect(await readFile(path(), 'utf8')).toBe(text);
  }
  await writeFile(path(), before);
  const validate = (): void => {
    throw new Error('spec.enabled: expected true or false');
  };
  await expect(acceptRegistry({ root, validate })).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('spec.enabled'),
  });
  expect((await readdir(folder())).filter((name) => /lock(?!\.spare)|edited/.test(name))).toEqual([]);
});

test('acceptRegistry fails with conflict while a daemon uses the workspace', async () => {
  await using workspace = await openFsStore({ root });
  await expect(acceptRegistry({ root })).rejects.toMatchObject({ kind: 'conflict' });
  expect((await workspace.registry.list('default')).items).toHaveLength(2);
});

test('a registry of version 0.9 is accepted without a digest once and then written with one', async () => {
  const { manifest } = sampleRecord('a');
  await writeFile(
    path(),
    JSON.stringify({ version: 1, updatedAt: '2026-01-01T00:00:00.000Z', services: [{ manifest }] }),
  );
  await (await fsServiceRegistry({ folder: folder() }))[Symbol.asyncDispose]();
  expect(JSON.parse(await readFile(path(), 'utf8'))).toMatchObject({ version: 3, integrity: { alg: 'sha256' } });
  await edit('"/a.wasm"', '"/b.wasm"');
  const told: string[] = [];
  await fsServiceRegistry({ folder: folder(), onRecovered: ({ reason }) => told.push(reason) });
  expect(told).toEqual([expect.stringContaining('--accept-registry')]);
});

test.each([
  ['T-278 EACCES', 'EACCES', 'forbidden'],
  ['T-279 EMFILE', 'EMFILE', 'unavailable'],
  ['T-279 EIO', 'EIO', 'unavailable'],
])('%s while the stores are read fails the open with the path of the file', async (_, code, kind) => {
  for (const name of ['registry.json', 'telemetry.json', 'boot.json']) {
    await mkdir(folder(), { recursive: true });
    await using seeded = await openFsStore({ root });
    await seeded.telemetry.log('default', 's', ['x']);
    await seeded[Symbol.asyncDispose]();
    const before = await readFile(path());
    const files = filesWith((step, at) => {
      if (step === 'read' && at.endsWith(name)) throw failure(code);
    }, nodeFiles);
    await expect(openFsStore({ root, files })).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(name),
    });
    expect(await readFile(path())).toEqual(before);
  }
});
