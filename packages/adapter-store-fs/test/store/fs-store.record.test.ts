import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { nodeFiles, openFsStore, recordedHead, verifyTelemetry, type FsStore } from '@clarity-runtime/adapter-store-fs';
import { samplePolicy, sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { atWorkspace, type WorkspacePlace } from '../support/workspace-place.ts';

const note = (store: FsStore, message: string): Promise<unknown> =>
  store.telemetry.append('default', [
    { at: new Date().toISOString(), kind: 'runtime.started', level: 'info', message },
  ]);

async function verdictOf(at: WorkspacePlace): Promise<string | undefined> {
  const known = await recordedHead({ root: at.root, state: at.folders.state });
  return (await verifyTelemetry({ folder: at.folder, known })).fault?.reason;
}

/** Replaces the audit log of a stopped workspace. */
async function replaceAudit(at: WorkspacePlace, source: string): Promise<void> {
  for (const name of await readdir(at.folder))
    if (name.startsWith('telemetry.')) await rm(join(at.folder, name), { recursive: true });
  for (const name of await readdir(source))
    if (name.startsWith('telemetry.')) await cp(join(source, name), join(at.folder, name));
}

test('T-470 an audit log that was cut together with its files is found from outside, until it is trusted', async () => {
  const at = await atWorkspace();
  await at.run((store) => note(store, 'first'));
  const older = join(at.top, 'older');
  await cp(at.folder, older, { recursive: true });
  await at.run((store) => note(store, 'second'));
  expect(await verdictOf(at)).toBeUndefined();
  await replaceAudit(at, older);
  expect((await verifyTelemetry({ folder: at.folder })).fault).toBeUndefined();
  expect(await verdictOf(at)).toMatch(/^the end is missing: records 2 to \d+ were written$/);
  await at.run(async (store) => {
    expect(store.trust.state).toMatchObject({ trusted: false });
    await note(store, 'third');
    await note(store, 'fourth');
    const { fault } = await store.telemetry.verify('default');
    expect(fault?.reason).toContain('differs from the recorded one');
    await store.trust.grant();
    expect((await store.telemetry.verify('default')).fault).toBeUndefined();
  });
  expect(await verdictOf(at)).toBeUndefined();
});

test('T-470 another audit log, which is longer and has a valid chain, is found from outside', async () => {
  const [at, other] = [await atWorkspace(), await atWorkspace()];
  await at.run((store) => note(store, 'real'));
  await other.run(async (store) => {
    for (let i = 0; i < 9; i += 1) await note(store, 'forged');
  });
  await replaceAudit(at, other.folder);
  expect(await verdictOf(at)).toContain('differs from the recorded one');
  await at.run((store) => {
    expect(store.trust.state).toMatchObject({ problems: [{ file: expect.stringContaining('telemetry.json') }] });
    return Promise.resolve();
  });
});

test('T-470 retention keeps the recorded link', async () => {
  const at = await atWorkspace({ maxTelemetryBytes: 16 * 1024 });
  await at.run(async (store) => {
    await note(store, 'first');
    for (let i = 0; i < 6_000; i += 50) {
      const now = new Date().toISOString();
      const call = { at: now, kind: 'service.tool_called', level: 'info', message: 'm'.repeat(200) } as const;
      await Promise.all(Array.from({ length: 50 }, () => store.telemetry.append('default', [call])));
    }
  });
  expect(await verdictOf(at)).toBeUndefined();
  expect(await at.problems()).toEqual([]);
});

test('T-471 changes that the record has and the files lost after a kill make the workspace untrusted', async () => {
  const at = await atWorkspace();
  await at.run((store) => store.registry.put('default', sampleRecord('a'), 'absent', sampleWrite()));
  const copy = join(at.top, 'copy');
  await at.run(async (store) => {
    await cp(at.folder, copy, { recursive: true });
    await store.registry.put('default', sampleRecord('b'), 'absent', sampleWrite());
    await at.recorded(({ changes }) => changes?.['services'] === 2);
    await at.kill(store);
  });
  await rm(at.folder, { recursive: true });
  await cp(copy, at.folder, { recursive: true });
  expect(await at.problems()).toContainEqual({
    file: '.clarity/runtime/state.wal.jsonl',
    reason: 'rolled_back',
    expected: 2,
    found: 1,
  });
  await at.run((store) => store.trust.grant());
  expect(await at.problems()).toEqual([]);
});

test('T-472 trust marks files that were first written while the workspace was untrusted', async () => {
  const at = await atWorkspace();
  await mkdir(at.folder, { recursive: true });
  await writeFile(join(at.folder, 'session.key'), 'planted');
  await at.run(async (store) => {
    expect(store.trust.state.trusted).toBe(false);
    await store.policies.put('default', samplePolicy('p'), 'absent', sampleWrite());
    await at.kill(store);
  });
  await at.run(async (store) => {
    // The journal of the killed process was folded into a file that no start has read before.
    expect(await readFile(join(at.folder, 'policies.json'), 'utf8')).toContain('"sha256"');
    await store.trust.grant();
  });
  expect(await at.problems()).toEqual([]);
});

test('T-471 a counter of a write that failed is not recorded', async () => {
  const at = await atWorkspace();
  let isFull = false;
  const files = {
    ...nodeFiles,
    create: (path: string) =>
      isFull ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : nodeFiles.create(path),
  };
  await at.run((store) => store.registry.put('default', sampleRecord('a'), 'absent', sampleWrite()));
  const store = await openFsStore({ root: at.root, trustFolders: at.folders, files });
  await store.registry.put('default', sampleRecord('b'), 'absent', sampleWrite());
  isFull = true;
  await store[Symbol.asyncDispose]();
  expect(await at.problems()).toEqual([]);
});
