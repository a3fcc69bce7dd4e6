import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { ManualClock } from '@clarity-runtime/core/memory';
import type { Telemetry } from '@clarity-runtime/core/ports';
import { sampleEvent } from '@clarity-runtime/core/testing';
import { failure, filesWith } from '../support/failing-files.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { runs } from '../../../../test/support/runs.ts';

const CODES = [
  ...['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EINTR', 'EBUSY', 'ENOSPC', 'EDQUOT'],
  ...['EIO', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'ENOENT', 'ENODEV'],
] as const;
const called = (message: string) => [sampleEvent('service.tool_called', { message })];
const changed = (message: string) => [sampleEvent('service.started', { message })];
/** Without reports of partial lines, which a failed write leaves when it cannot be undone. */
const messages = async (t: Telemetry): Promise<readonly string[]> =>
  (await t.events('default', { limit: 100_000 }))
    .filter(({ kind }) => kind !== 'storage.recovered')
    .map(({ message }) => message);
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Telemetry on a disk in memory whose operations fail while `fault.left` is positive. */
async function faulty() {
  const disk = new SimulatedDisk();
  const clock = new ManualClock();
  const fault = { code: 'EMFILE', left: 0 };
  const files = filesWith((name) => {
    if (fault.left <= 0 || name === 'mkdir' || name === 'restrict') return;
    fault.left -= 1;
    throw failure(fault.code);
  }, disk.files);
  return { disk, clock, fault, t: await fsTelemetry({ folder: '/w', files, clock }) };
}

/** Moves the clock until the telemetry is up. Returns the milliseconds since the last failed operation. */
async function healed(t: Telemetry, clock: ManualClock, fault: { readonly left: number }): Promise<number> {
  let since = 0;
  for (let step = 0; step < 25_000; step += 1) {
    if (t.health.state === 'up' && step > 0) return since;
    clock.advance(50);
    await turns(4);
    if (fault.left <= 0) since += 50;
  }
  return Infinity;
}

describe('R14a', () => {
  test.each(CODES)('R14a telemetry is up again by itself and has every event after %s', async (code) => {
    const { disk, clock, fault, t } = await faulty();
    await t.append('default', changed('before'));
    Object.assign(fault, { code, left: 60 });
    for (let i = 0; i < 8; i += 1) await t.append('default', called(`call ${String(i)}`));
    await t.append('default', changed('crashed'), { waits: true });
    expect(t.health).toMatchObject({ state: 'degraded', reason: expect.stringContaining(code) });
    expect(await healed(t, clock, fault)).toBeLessThanOrEqual(5_000);
    await t[Symbol.asyncDispose]();
    await using again = await fsTelemetry({ folder: '/w', files: disk.files, clock });
    const all = ['before', ...Array.from({ length: 8 }, (_, i) => `call ${String(i)}`), 'crashed'];
    expect(await messages(again)).toEqual(all);
    expect((await again.verify('default')).fault).toBeUndefined();
  });

  test('R14a telemetry counts what does not fit into 4 MiB in one storage.gap event', async () => {
    const { disk, clock, fault, t } = await faulty();
    Object.assign(fault, { code: 'EMFILE', left: Infinity });
    const text = 'x'.repeat(60_000);
    for (let i = 0; i < 80; i += 1) await t.append('default', called(`${String(i)} ${text}`));
    const { unrecorded } = t.health;
    expect(unrecorded).toBeGreaterThan(5);
    expect(unrecorded).toBeLessThan(15);
    fault.left = 0;
    await healed(t, clock, fault);
    await t.append('default', called('after'));
    expect((await t.verify('default')).fault).toBeUndefined();
    await t[Symbol.asyncDispose]();
    await using again = await fsTelemetry({ folder: '/w', files: disk.files, clock, maxEvents: 9_000_000 });
    const gaps = await again.events('default', { limit: 9, kind: 'storage.gap' });
    expect(gaps.map(({ data }) => data)).toEqual([{ unrecorded }]);
    expect((await again.verify('default')).fault).toBeUndefined();
    expect((await messages(again)).at(-1)).toBe('after');
  });

  test('T-340 R14a events are complete after failures of random operations, and up within 5 s', async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ does: fc.constant('call' as const) }) },
      { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('change' as const, 'fact' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          does: fc.constant('fail' as const),
          code: fc.constantFrom(...CODES),
          left: fc.integer({ min: 1, max: 200 }),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (plan) => {
        const { disk, clock, fault, t } = await faulty();
        const told: string[] = [];
        const possible = new Set<string>();
        for (const [i, step] of plan.entries()) {
          const message = `${step.does} ${String(i)}`;
          if (step.does === 'fail') Object.assign(fault, step);
          else if (step.does === 'wait') {
            clock.advance(step.ms);
            await turns(4);
          } else if (step.does === 'change') {
            const [outcome] = await Promise.allSettled([t.append('default', changed(message))]);
            if (outcome.status === 'fulfilled') told.push(message);
            // The lines of a failed sync may be on disk; the reply says so.
            else if ((outcome.reason as { kind?: string }).kind === 'indeterminate') possible.add(message);
          } else {
            const does = step.does === 'call' ? called(message) : changed(message);
            await t.append('default', does, { waits: true });
            told.push(message);
          }
        }
        expect(await healed(t, clock, fault)).toBeLessThanOrEqual(5_000);
        fault.left = 0;
        await t[Symbol.asyncDispose]();
        await using again = await fsTelemetry({ folder: '/w', files: disk.files, clock });
        expect((await messages(again)).filter((message) => !possible.has(message))).toEqual(told);
        expect((await again.verify('default')).fault).toBeUndefined();
      }),
      { numRuns: runs(20) },
    );
  });
});

describe('batches', () => {
  /** Telemetry whose writes of the journal are counted. */
  async function counted() {
    const disk = new SimulatedDisk();
    const writes: string[] = [];
    const files = filesWith((name, path) => {
      if (name === 'write' && path.endsWith('telemetry.wal.jsonl')) writes.push(path);
    }, disk.files);
    return { writes, t: await fsTelemetry({ folder: '/w', files, clock: new ManualClock() }) };
  }

  test('a batch after one of several events gathers the events of four turns', async () => {
    const { writes, t } = await counted();
    await Promise.all(['a', 'b', 'c', 'd'].map((message) => t.append('default', called(message))));
    expect(writes).toHaveLength(1);
    const spread = ['e', 'f', 'g'].map(async (message, i) => {
      await turns(i);
      await t.append('default', called(message));
    });
    await Promise.all(spread);
    expect(writes).toHaveLength(2);
    expect(await messages(t)).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    await t[Symbol.asyncDispose]();
  });

  test('a lone writer waits for one turn', async () => {
    const { writes, t } = await counted();
    await t.append('default', called('first'));
    for (const message of ['a', 'b']) {
      const before = writes.length;
      const written = t.append('default', called(message));
      await turns(2);
      expect(writes).toHaveLength(before + 1);
      await written;
    }
    await t[Symbol.asyncDispose]();
  });
});
