import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { Telemetry } from '@clarity-runtime/core/ports';
import { sampleEvent } from '@clarity-runtime/core/testing';
import { decodeCheckpoint } from '../../src/telemetry/checkpoint.ts';
import { readWalLines, walLine } from '../../src/telemetry/wal-format.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
const path = (name: string): string => join(folder, name);
const WAL = 'telemetry.wal.jsonl';
const open = (): Promise<Telemetry> => fsTelemetry({ folder, clock: new ManualClock(new Date('2026-01-01')) });
const messages = async (t: Telemetry): Promise<readonly string[]> =>
  (await t.events('default', { limit: 1_000 })).map(({ message }) => message);
const numbersOf = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `e${String(from + i)}`);
const write = async (t: Telemetry, names: readonly string[]): Promise<void> => {
  for (const message of names) await t.append('default', [sampleEvent('service.tool_called', { message })]);
};

/** Writes events 1 to 10 to the checkpoint and 11 to 30 to the journal of a killed process. */
beforeEach(async () => {
  const first = await temporaryFolder();
  folder = first;
  const closed = await open();
  await write(closed, numbersOf(1, 10));
  await closed[Symbol.asyncDispose]();
  const killed = await open();
  await write(killed, numbersOf(11, 30));
  const after = join(await temporaryFolder(), 'after');
  await cp(first, after, { recursive: true });
  await killed[Symbol.asyncDispose]();
  folder = after;
});

test('fsTelemetry reads the journal of a killed process and compacts it', async () => {
  await using t = await open();
  expect(await messages(t)).toEqual(numbersOf(1, 30));
  expect(t.health).toEqual({ state: 'up', unrecorded: 0, droppedBefore: 1 });
  expect(await readdir(folder)).not.toContain(WAL);
  const checkpoint = JSON.parse(await readFile(path('telemetry.json'), 'utf8')) as Record<string, unknown>;
  expect(checkpoint).toMatchObject({
    version: 1,
    updatedAt: '2026-01-01T00:00:00.000Z',
    lastSeq: 30,
    droppedBefore: 1,
  });
  expect(checkpoint['events']).toHaveLength(30);
});

test('T-282 fsTelemetry reads the journal up to the first damaged line and sets the rest aside', async () => {
  const bytes = await readFile(path(WAL));
  const lines = bytes.toString().split('\n');
  // Every record precedes its link.
  const at = lines.slice(0, 28).join('\n').length + 1;
  bytes[at + 40] = (bytes[at + 40] ?? 0) ^ 1;
  await writeFile(path(WAL), bytes);
  const t = await open();
  const [told] = (await t.events('default', { limit: 1 })).filter(({ kind }) => kind === 'storage.recovered');
  expect((await messages(t)).slice(0, -1)).toEqual(numbersOf(1, 24));
  expect(told).toMatchObject({ level: 'warn', seq: 31, data: { replayed: 14, missing: 6 } });
  const aside = (await readdir(folder)).filter((name) => name.includes('damaged'));
  expect(told?.data?.['setAside']).toEqual(aside);
  expect(await readFile(path(aside[0] ?? ''))).toEqual(bytes.subarray(at));
  await t[Symbol.asyncDispose]();
  await using again = await open();
  expect(await again.events('default', { limit: 99, kind: 'storage.recovered' })).toEqual([told]);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['D03 cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['D04 emptied', () => Buffer.alloc(0)],
  ['D05 one bit flipped', (bytes) => Buffer.from(bytes.toString().replace('"e5"', '"e4"'))],
  ['D06 filled with NUL', (bytes) => Buffer.alloc(bytes.length)],
])('%s: telemetry.json is put aside, its copy and the journal are taken, and it is told', async (_, damage) => {
  await (await open())[Symbol.asyncDispose]();
  const damaged = damage(await readFile(path('telemetry.json')));
  await writeFile(path('telemetry.json'), damaged);
  await using t = await open();
  expect((await messages(t)).slice(0, -1)).toEqual(numbersOf(1, 30));
  expect(await t.events('default', { limit: 9, kind: 'storage.recovered' })).toMatchObject([
    { data: { missing: 0, setAside: [expect.stringMatching(/^telemetry\.json\.damaged-\d+$/)] } },
  ]);
  const [aside = ''] = (await readdir(folder)).filter((name) => name.includes('damaged'));
  expect(await readFile(path(aside))).toEqual(damaged);
});

test('T-281 records that are already in the checkpoint are not applied twice', async () => {
  const journal = await readFile(path(WAL));
  await (await open())[Symbol.asyncDispose]();
  await writeFile(path(WAL), journal);
  await using t = await open();
  expect(await messages(t)).toEqual(numbersOf(1, 30));
});

test('fsTelemetry imports telemetry of version 0.9 without invalid events and continues its numbers', async () => {
  for (const name of await readdir(folder)) await rm(path(name));
  const old = { at: '2026', kind: 'service.started', level: 'info', message: 'm' };
  const events = [{ seq: 7, ...old }, { seq: 'x' }, null, { seq: 9, ...old, at: 'never' }];
  await writeFile(
    path('telemetry.json'),
    JSON.stringify({ version: 1, updatedAt: '2026', events, logs: { s: ['one'] } }, null, 2),
  );
  const t = await open();
  expect((await t.events('default', { limit: 9 })).map(({ seq, at }) => [seq, at])).toEqual([
    [7, '2026'],
    [9, 'never'],
  ]);
  expect(await t.logs('default', 's', 9)).toEqual(['one']);
  expect((await t.append('default', [sampleEvent('a.done')]))[0]?.seq).toBe(10);
  expect(await readFile(path('telemetry.json'), 'utf8')).toContain('"integrity"');
  await t[Symbol.asyncDispose]();
});

test('fsTelemetry fails with forbidden when the telemetry is not readable', async () => {
  await rm(path('telemetry.json'));
  await mkdir(path('telemetry.json'));
  await expect(open()).rejects.toMatchObject({ kind: 'unavailable' });
});

describe('damage is detected', () => {
  const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify({ n: i + 1, text: `ü${'x'.repeat(i % 7)}` }));
  const journal = Buffer.from(lines.map(walLine).join(''));
  const ends = [...journal.entries()].filter(([, byte]) => byte === 0x0a).map(([i]) => i + 1);

  test('readWalLines returns the complete lines before every truncation', () => {
    for (let length = 0; length <= journal.length; length += 1) {
      const { good, goodBytes } = readWalLines(journal.subarray(0, length));
      const whole = ends.filter((end) => end <= length);
      expect(good).toEqual(lines.slice(0, whole.length));
      expect(goodBytes).toBe(whole.at(-1) ?? 0);
    }
  });

  test('readWalLines splits at the line with a flipped bit and returns the lines after it separately', () => {
    for (let bit = 0; bit < journal.length * 8; bit += 1) {
      const flipped = Buffer.from(journal);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { good, afterDamage } = readWalLines(flipped);
      const line = ends.findIndex((end) => end > bit >> 3);
      if (good.length !== line || afterDamage.length < lines.length - line - 2) throw new Error(`bit ${String(bit)}`);
      if (good.some((json, i) => json !== lines[i])) throw new Error(`bit ${String(bit)}`);
    }
  });

  test('readWalLines ignores zeros at the end, as after a power cut', () => {
    for (const end of ends) {
      const zeroed = Buffer.from(journal).fill(0, end);
      expect(readWalLines(zeroed).good).toHaveLength(ends.indexOf(end) + 1);
    }
  });

  test('decodeCheckpoint rejects a flipped bit or returns the same state', async () => {
    const bytes = await readFile(path('telemetry.json'));
    const factsOf = (text: Uint8Array): string => {
      const { events, logs, lastSeq, lastRecord, droppedBefore, store } = decodeCheckpoint(text, 'new');
      return JSON.stringify([events, [...logs], lastSeq, lastRecord, droppedBefore, store]);
    };
    const whole = factsOf(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      let found: string | undefined;
      try {
        found = factsOf(flipped);
      } catch {
        continue;
      }
      if (found !== whole) throw new Error(`bit ${String(bit)} went unseen`);
    }
    for (let length = 0; length < bytes.length - 1; length += 1) {
      expect(() => factsOf(bytes.subarray(0, length))).toThrow();
    }
  });
});
