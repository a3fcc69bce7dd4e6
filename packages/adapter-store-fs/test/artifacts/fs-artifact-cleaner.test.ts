import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceRecord } from '@clarity-runtime/core';
import { sampleRecord } from '@clarity-runtime/core/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { fsArtifactCleaner } from '../../src/index.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
let root = '';
let outside = '';

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'clarity-clean-')));
  outside = await realpath(await mkdtemp(join(tmpdir(), 'clarity-out-')));
  await mkdir(join(root, '.clarity/build'), { recursive: true });
  await mkdir(join(root, '.clarity/runtime/artifacts'), { recursive: true });
});
afterEach(async () => {
  for (const path of [root, outside]) await rm(path, { recursive: true, force: true });
});

const file = async (path: string): Promise<string> => {
  await writeFile(path, 'kept');
  return path;
};
const record = (wasmPath: string, wasmSha256 = A): ServiceRecord => {
  const sample = sampleRecord('one');
  const origin = { type: 'local_wasm', wasmPath, entry: 'mcp_main' } as const;
  const { manifest } = sample;
  return {
    ...sample,
    artifact: { wasmSha256, interfaceSha256: B },
    manifest: { ...manifest, spec: { ...manifest.spec, origin } },
  };
};
const clean = (service: ServiceRecord, others: readonly ServiceRecord[] = []) =>
  fsArtifactCleaner({ root }).cleanUp(service, others);
const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );

test('[deprovision.cleanup] cleanUp deletes stored artifacts and the build with its interface only', async () => {
  const build = join(root, '.clarity/build');
  const mine = [join(build, 'x.wasm'), join(build, 'x.interface.json')];
  const copies = [`${A}.wasm`, `${B}.interface.json`].map((name) => join(root, '.clarity/runtime/artifacts', name));
  for (const path of [...mine, ...copies]) await file(path);
  const others = [await file(join(build, 'x.clarity')), await file(join(build, 'xx.wasm'))];
  const { removed, left } = await clean(record(join(build, 'x.wasm')));
  expect([[...removed].sort(), left]).toEqual([[...mine, ...copies].sort(), []]);
  for (const path of others) expect(await exists(path)).toBe(true);
});

test('cleanUp keeps and reports files that another service uses', async () => {
  const path = await file(join(root, '.clarity/build/x.wasm'));
  const copy = await file(join(root, '.clarity/runtime/artifacts', `${A}.wasm`));
  const { removed, left } = await clean(record(path), [record(path)]);
  expect(removed).toEqual([]);
  expect(left).toContainEqual({ path, reason: 'another service uses it' });
  expect([await exists(path), await exists(copy)]).toEqual([true, true]);
});

test('W12 cleanUp keeps a file outside of the build folder in every spelling of its path', async () => {
  const victim = await file(join(outside, 'victim.wasm'));
  const beside = await file(join(root, 'beside.wasm'));
  const dots = join(root, '.clarity/build/../../beside.wasm');
  for (const path of [victim, beside, dots]) {
    const { removed, left } = await clean(record(path));
    expect([removed, left]).toEqual([
      [],
      [{ path, reason: 'the file is not in a .clarity/build folder of the workspace' }],
    ]);
  }
  expect([await exists(victim), await exists(beside)]).toEqual([true, true]);
});

test('W13 cleanUp follows neither a linked file nor a linked folder', async () => {
  const victim = await file(join(outside, 'victim.wasm'));
  const link = join(root, '.clarity/build/victim.wasm');
  await symlink(victim, link);
  expect((await clean(record(link))).left).toEqual([{ path: link, reason: 'the path is a link' }]);
  await rm(join(root, '.clarity/build'), { recursive: true });
  await symlink(outside, join(root, '.clarity/build'));
  expect((await clean(record(link))).left).toHaveLength(1);
  expect(await exists(victim)).toBe(true);
});

test('T-397 cleanUp deletes nothing behind a link in place of the artifacts', async () => {
  const victim = await file(join(outside, `${A}.wasm`));
  await rm(join(root, '.clarity/runtime/artifacts'), { recursive: true });
  await symlink(outside, join(root, '.clarity/runtime/artifacts'));
  const { removed, left } = await clean(record(join(root, '.clarity/build/x.wasm')));
  expect(removed).toEqual([]);
  expect(left).toEqual([
    {
      path: join(root, '.clarity/runtime/artifacts', `${A}.wasm`),
      reason: expect.stringContaining('the path is a link'),
    },
  ]);
  expect(await exists(victim)).toBe(true);
});
