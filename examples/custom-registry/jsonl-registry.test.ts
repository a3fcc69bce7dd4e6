import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createRuntime } from '@clarity-runtime/core';
import { sampleRecord, sampleWrite, serviceRegistryContract, withFaults } from '@clarity-runtime/core/testing';
import { JsonlRegistry } from './jsonl-registry.ts';

const folder = await mkdtemp(join(tmpdir(), 'clarity-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let files = 0;
const newPath = (): string => join(folder, `${String((files += 1))}.jsonl`);
const kit = { describe, test, expect };

serviceRegistryContract(kit, 'one file of lines', () => {
  const path = newPath();
  return Promise.resolve({ open: () => JsonlRegistry.open(path) });
});
serviceRegistryContract(kit, 'one file of lines, with late answers', () => {
  const path = newPath();
  return Promise.resolve({ open: async () => withFaults(await JsonlRegistry.open(path), () => 'delay') });
});

test('a runtime loads the services of the file and ignores an incomplete last line', async () => {
  const path = newPath();
  const registry = await JsonlRegistry.open(path);
  await registry.put('default', sampleRecord('a'), 'absent', sampleWrite());
  await registry[Symbol.asyncDispose]();
  await appendFile(path, '{"put":{"val');
  await using runtime = await createRuntime({ registry: await JsonlRegistry.open(path) });
  expect(runtime.instance.id).not.toBe('');
  const again = await JsonlRegistry.open(path);
  expect((await again.list('default')).items.map(({ value }) => value.namespace)).toEqual(['a']);
  await again[Symbol.asyncDispose]();
});
