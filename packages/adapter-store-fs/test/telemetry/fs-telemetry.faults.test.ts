import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { Telemetry } from '@clarity-runtime/core/ports';
import { sampleEvent } from '@clarity-runtime/core/testing';
import { failingAt, failure, filesWith } from '../support/failing-files.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const committed = (message: string) => [sampleEvent('service.started', { message })];
const recorded = (message: string) => [sampleEvent('service.tool_called', { message })];
const messages = async (t: Telemetry): Promise<readonly string[]> =>
  (await t.events('default', { limit: 1_000 })).map(({ message }) => message);
const reopened = async (folder: string): Promise<readonly string[]> => {
  await using t = await fsTelemetry({ folder });
  return await messages(t);
};

/** Opens telemetry in a new folder whose file system fails operations while `refuse` names them. */
interface Refusing {
  readonly t: Telemetry;
  readonly folder: string;
  readonly refuse: Map<string, string>;
  readonly asked: string[];
  readonly clock: ManualClock;
}

async function withRefusals(): Promise<Refusing> {
  const clock = new ManualClock();
  const folder = await temporaryFolder();
  const refuse = new Map<string, string>();
  const asked: string[] = [];
  const files = filesWith((name, path) => {
    asked.push(`${name} ${basename(path)}`);
    const code = refuse.get(name);
    if (code !== undefined) throw failure(code);
  });
  return { t: await fsTelemetry({ folder, files, clock }), folder, refuse, asked, clock };
}

describe('T-276 D11 a full disk', () => {
  test('rejects committed events, serves recorded ones and writes them when space is free again', async () => {
    const { t, folder, refuse, clock } = await withRefusals();
    await t.append('default', committed('a'));
    refuse.set('write', 'ENOSPC');
    await expect(t.append('default', committed('b'))).rejects.toMatchObject({ kind: 'exhausted' });
    expect((await t.append('default', recorded('c'))).map(({ seq }) => seq)).toEqual([2]);
    await t.log('default', 's', ['line']);
    expect(await messages(t)).toEqual(['a', 'c']);
    expect(t.health).toMatchObject({ state: 'degraded', reason: expect.stringContaining('ENOSPC'), unrecorded: 0 });
    refuse.clear();
    clock.advance(50);
    expect((await t.append('default', committed('d'))).map(({ seq }) => seq)).toEqual([3]);
    expect(t.health).toMatchObject({ state: 'up', unrecorded: 0 });
    await t[Symbol.asyncDispose]();
    expect(await reopened(folder)).toEqual(['a', 'c', 'd']);
  });

  test('does not prevent the start and loses no record of the journal', async () => {
    const folder = await temporaryFolder();
    const killed = await fsTelemetry({ folder, clock: new ManualClock() });
    await killed.append('default', committed('a'));
    const full = filesWith((name) => {
      if (name === 'write' || name === 'create') throw failure('ENOSPC');
    });
    const t = await fsTelemetry({ folder, files: full, clock: new ManualClock() });
    expect(t.health.state).toBe('degraded');
    expect(await messages(t)).toEqual(['a']);
    await expect(t.append('default', committed('b'))).rejects.toMatchObject({ kind: 'exhausted' });
    await t[Symbol.asyncDispose]();
    expect(await reopened(folder)).toEqual(['a']);
  });

  test('gets one write attempt per batch', async () => {
    const { t, refuse, asked } = await withRefusals();
    refuse.set('create', 'ENOSPC');
    asked.length = 0;
    await t.append('default', recorded('a'));
    const once = asked.length;
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([once, asked.length]).toEqual([once, once]);
  });
});

describe('T-277 a sync that fails', () => {
  test('is not repeated on the same file: a new segment gets the unsynced lines', async () => {
    const { t, folder, refuse, asked } = await withRefusals();
    await t.append('default', committed('a'));
    await t.append('default', recorded('b'));
    asked.length = 0;
    refuse.set('datasync', 'EIO');
    const waiting = t.append('default', committed('c'));
    while (!asked.includes('datasync telemetry.wal.jsonl')) await new Promise((resolve) => setImmediate(resolve));
    refuse.clear();
    expect((await waiting).map(({ seq }) => seq)).toEqual([3]);
    const synced = asked.filter((step) => !step.startsWith('read'));
    expect(synced).toEqual([
      'write telemetry.wal.jsonl',
      'datasync telemetry.wal.jsonl',
      'rename telemetry.wal.jsonl',
      'create telemetry.wal.jsonl',
      `syncFolder ${basename(folder)}`,
      'write telemetry.wal.jsonl',
      'write telemetry.wal.jsonl',
      'datasync telemetry.wal.jsonl',
    ]);
    expect(t.health.state).toBe('up');
    await t[Symbol.asyncDispose]();
    expect(await reopened(folder)).toEqual(['a', 'b', 'c']);
  });

  test('twice leaves the event indeterminate, and the next success writes it', async () => {
    const { t, folder, refuse, clock } = await withRefusals();
    await t.append('default', committed('a'));
    refuse.set('datasync', 'EIO');
    await expect(t.append('default', committed('b'), { op: 'op-b' })).rejects.toMatchObject({ kind: 'indeterminate' });
    expect(t.health).toMatchObject({ state: 'degraded', reason: expect.stringContaining('EIO') });
    await expect(t.append('default', committed('c'))).rejects.toMatchObject({ kind: 'unavailable' });
    await t.append('default', recorded('d'));
    refuse.clear();
    expect(await t.append('default', committed('b'), { op: 'op-b' })).toMatchObject([{ message: 'b' }]);
    clock.advance(50);
    await t.append('default', committed('e'));
    expect(t.health.state).toBe('up');
    expect(await messages(t)).toEqual(['a', 'b', 'd', 'e']);
    await t[Symbol.asyncDispose]();
    expect(await reopened(folder)).toEqual(['a', 'b', 'd', 'e']);
  });
});

test.each([
  ['is truncated', [], 0],
  ['ends its segment when it cannot be truncated', ['truncate'], 1],
] as const)('a partial line of a failed write %s', async (_, alsoRefused, told) => {
  const { t, folder, refuse, clock } = await withRefusals();
  await t.append('default', committed('a'));
  for (const name of ['write', ...alsoRefused]) refuse.set(name, 'ENOSPC');
  await expect(t.append('default', committed('x'.repeat(2_000)))).rejects.toMatchObject({ kind: 'exhausted' });
  refuse.clear();
  clock.advance(50);
  await t.append('default', committed('b'));
  refuse.set('rename', 'EIO');
  await t[Symbol.asyncDispose]();
  await using again = await fsTelemetry({ folder });
  const events = await again.events('default', { limit: 9 });
  expect(events.filter(({ kind }) => kind !== 'storage.recovered').map(({ message }) => message)).toEqual(['a', 'b']);
  expect(events.filter(({ kind }) => kind === 'storage.recovered')).toHaveLength(told);
});

test('the journal is compacted after 1 s without writes and recorded events are synced within 50 ms', async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  const asked: string[] = [];
  const files = filesWith((name, path) => asked.push(`${name} ${basename(path)}`));
  await using t = await fsTelemetry({ folder, files, clock });
  const settled = async (step: string): Promise<void> => {
    while (!asked.includes(step)) await new Promise((resolve) => setImmediate(resolve));
  };
  await t.append('default', recorded('a'));
  expect(asked).not.toContain('datasync telemetry.wal.jsonl');
  clock.advance(50);
  await settled('datasync telemetry.wal.jsonl');
  clock.advance(900);
  expect(await readdir(folder)).toEqual(['telemetry.wal.jsonl']);
  clock.advance(100);
  await settled('rename telemetry.wal.jsonl');
  while (!(await readdir(folder)).includes('telemetry.json')) await new Promise((resolve) => setImmediate(resolve));
});

const ALL = { names: 1, content: 1, zeros: false };

/** Writes one event to the checkpoint, one to the journal and a partial line, as a killed process leaves them. */
async function killedDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const before = await fsTelemetry({ folder: '/w', files: disk.files });
  await before.append('default', committed('folded'));
  await before[Symbol.asyncDispose]();
  const killed = await fsTelemetry({ folder: '/w', files: disk.files, clock: new ManualClock() });
  await killed.append('default', committed('journalled'));
  const left = disk.after(ALL);
  left.append('/w/telemetry.wal.jsonl', '00000000 {"n":3,"ev');
  return left;
}

describe.each(['EIO', 'ENOSPC', 'EACCES'])('T-280 %s at any step', (code) => {
  // A permanent failure from one operation on has the same effect on the disk as the end of the process.
  test.each([false, true])('keeps all confirmed events and adds no others (permanent failure: %s)', async (forGood) => {
    const seed = await killedDisk();
    for (let n = 1; n <= 120; n += 1) {
      const disk = seed.after(ALL);
      const { files, steps } = failingAt({ at: n, code, forGood }, disk.files);
      const answered = ['folded', 'journalled'];
      const asked = [...answered];
      const open = fsTelemetry({ folder: '/w', files, clock: new ManualClock() });
      const [t] = await Promise.allSettled([open]);
      if (t.status === 'fulfilled') {
        for (const name of ['a', 'b', 'c', 'd']) {
          asked.push(name);
          const [outcome] = await Promise.allSettled([t.value.append('default', committed(name))]);
          if (outcome.status === 'fulfilled') answered.push(name);
        }
        await t.value[Symbol.asyncDispose]();
      }
      await using again = await fsTelemetry({ folder: '/w', files: disk.files, clock: new ManualClock() });
      const found = (await messages(again)).filter((message) => asked.includes(message));
      expect(found.filter((name) => answered.includes(name))).toEqual(answered);
      expect(found).toEqual(asked.filter((name) => found.includes(name)));
      if (steps() < n) {
        // Fewer operations mean that the tested step was not reached.
        expect(n).toBeGreaterThan(20);
        return;
      }
    }
    throw new Error('there are more steps than were tried');
  });
});
