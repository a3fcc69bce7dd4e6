import { mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { fsServiceRegistry } from '@clarity-runtime/adapter-store-fs';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { digestMismatch, readRegistry } from '../../src/registry/registry-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
const path = (name = 'registry.json'): string => join(folder, name);
const open = (onRecovered?: (what: { reason: string }) => void): Promise<ServiceRegistry> =>
  fsServiceRegistry({ folder, ...(onRecovered === undefined ? {} : { onRecovered }) });
const decodeRegistry = (bytes: Uint8Array): ReturnType<typeof readRegistry>['state'] => {
  const { state, digest } = readRegistry(bytes);
  if (digest === 'mismatch') throw digestMismatch();
  return state;
};
const names = async (registry: ServiceRegistry): Promise<readonly string[]> =>
  (await registry.list('default')).items.map(({ value }) => value.namespace);

beforeEach(async () => {
  folder = await temporaryFolder();
  const registry = await open();
  for (const name of ['a', 'b', 'c']) await registry.put('default', sampleRecord(name), 'absent', sampleWrite());
  await registry[Symbol.asyncDispose]();
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['D03 cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['D04 emptied', () => Buffer.alloc(0)],
  ['D05 one bit flipped in a name', (bytes) => Buffer.from(bytes.toString().replace('/b.clarity', '/c.clarity'))],
  ['D06 filled with NUL', (bytes) => Buffer.alloc(bytes.length)],
])('%s: open restores the backup, keeps the damaged file and reports it', async (_, damage) => {
  await writeFile(path(), damage(await readFile(path())));
  const told: string[] = [];
  const registry = await open(({ reason }) => told.push(reason));
  expect(await names(registry)).toEqual(['a', 'b', 'c']);
  expect(told).toHaveLength(1);
  expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toHaveLength(1);
  await registry[Symbol.asyncDispose]();
  expect(await names(await open())).toEqual(['a', 'b', 'c']);
});

test('open rejects a damaged file with a damaged backup and changes neither', async () => {
  await writeFile(path(), '{');
  await writeFile(path('registry.json.bak'), '{');
  await expect(open()).rejects.toMatchObject({ kind: 'corrupt', message: expect.stringContaining('registry.json') });
  expect(await readFile(path(), 'utf8')).toBe('{');
});

test('open restores a missing registry from its backup', async () => {
  await unlink(path());
  expect(await names(await open())).toEqual(['a', 'b', 'c']);
});

test('D07 T-278 open fails with forbidden when the registry is not readable', async () => {
  await unlink(path());
  await mkdir(path());
  await expect(open()).rejects.toMatchObject({ kind: 'unavailable' });
  expect((await stat(path())).isDirectory()).toBe(true);
});

test('T-279 open fails when reading the registry fails', async () => {
  await unlink(path());
  await mkdir(path());
  await unlink(path('registry.json.bak'));
  await expect(open()).rejects.toMatchObject({ kind: 'unavailable' });
});

describe('readRegistry detects damage', () => {
  test('every truncation is rejected', async () => {
    const bytes = await readFile(path());
    const whole = decodeRegistry(bytes);
    for (let length = 0; length < bytes.length - 1; length += 1) {
      expect(() => decodeRegistry(bytes.subarray(0, length))).toThrow();
    }
    expect(whole.records.size).toBe(3);
  });

  test('a flipped bit is rejected or leaves the state unchanged', async () => {
    const bytes = await readFile(path());
    const whole = JSON.stringify([...decodeRegistry(bytes).records]);
    let undetected = 0;
    // One bit of each byte: the fifth of the first byte, the sixth of the second, and so on.
    for (let bit = 4; bit < bytes.length * 8; bit += 9) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        if (JSON.stringify([...decodeRegistry(flipped).records]) !== whole) undetected += 1;
      } catch {
        continue;
      }
    }
    expect(undetected).toBe(0);
  });
});

test('D14 open restricts folder to 0700 and files to 0600', async () => {
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  for (const name of await readdir(folder)) expect((await stat(path(name))).mode & 0o777).toBe(0o600);
});

test('D19 open removes the temporary files of interrupted writes', async () => {
  await writeFile(path('registry.json.tmp-dead'), 'x');
  await writeFile(path('registry.json.bak.tmp-dead'), 'x');
  await open();
  expect((await readdir(folder)).toSorted()).toEqual(['registry.json', 'registry.json.bak']);
});

test('open imports the registry of version 0.9 with ids derived from the manifests', async () => {
  const { manifest } = sampleRecord('a');
  const old = { ...manifest, metadata: { ...manifest.metadata, serviceId: '../../evil' } };
  const services = [{ manifest: old, runtime: { lifecycle: 'RUNNING' } }];
  await writeFile(path(), JSON.stringify({ version: 1, updatedAt: '2026-01-01T00:00:00.000Z', services }));
  const [taken] = (await (await open()).list('default')).items;
  expect(taken?.value).toMatchObject({ namespace: 'a', serviceId: expect.stringMatching(/^svc_[0-9a-f]{12}$/) });
  expect(JSON.stringify(taken)).not.toContain('evil');
});

test('T-274 open keeps an invalid date unchanged', async () => {
  const registry = await open();
  const record = sampleRecord('d');
  const dated = {
    ...record,
    manifest: { ...record.manifest, metadata: { ...record.manifest.metadata, createdAt: 'never' } },
  };
  await registry.put('default', dated, 'absent', sampleWrite());
  await registry[Symbol.asyncDispose]();
  const found = await (await open()).get('default', record.serviceId);
  expect(found?.value.manifest.metadata.createdAt).toBe('never');
});
