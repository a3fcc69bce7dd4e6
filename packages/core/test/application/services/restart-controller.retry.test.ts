import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClarityError, type ErrorCode } from '@clarity-runtime/core';
import { settled, stage } from '../../support/supervised.ts';
import { operator } from '../../support/speak.ts';

const waitOf = (retryAt: string | undefined, now: Date): number => Date.parse(retryAt ?? '') - now.getTime();

test('[first-hour.27] M3 an unreachable service is retried without end, is never quarantined, and recovers', async () => {
  const s = await stage();
  const id = await s.register('far');
  s.connector.failure = new ClarityError('UPSTREAM_UNREACHABLE', 'ECONNREFUSED');
  await s.runtime.autostart();
  const waits: number[] = [];
  for (let i = 0; i < 40; i += 1) {
    const { retryAt, lifecycle } = s.runtime.services.get(operator, id).status;
    expect(lifecycle).toBe('STOPPED');
    waits.push(waitOf(retryAt, s.clock.wall()));
    await s.pass(waits[i] ?? 0);
  }
  expect(waits.slice(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(new Set(waits.slice(7))).toEqual(new Set([30_000]));
  s.connector.failure = undefined;
  await s.pass(30_000);
  expect(s.lifecycle(id)).toBe('RUNNING');
  const kinds = await s.kinds();
  expect(kinds).not.toContain('service.quarantined');
  expect(kinds.at(-1)).toBe('service.restarted');
  expect(kinds.filter((kind) => kind === 'service.start_failed').length).toBeLessThanOrEqual(12);
});

test('M3 a start that a caller requested is retried too when the network is away', async () => {
  const s = await stage();
  const id = await s.register('far');
  s.connector.failure = new ClarityError('UPSTREAM_FAILED', 'HTTP 503');
  expect((await s.runtime.services.start(operator, id)).status).toMatchObject({ lifecycle: 'STOPPED' });
  s.connector.failure = undefined;
  await s.pass(500);
  expect(s.lifecycle(id)).toBe('RUNNING');
});

/** A failure of each class, and the start that ends it. */
const event = fc.constantFrom<ErrorCode | 'defect' | 'up' | 'crash'>(
  'UPSTREAM_UNREACHABLE',
  'UPSTREAM_FAILED',
  'SERVICE_START_TIMEOUT',
  'RESOURCE_EXHAUSTED',
  'defect',
  'up',
  'crash',
);

test('M3 law: only counted failures quarantine, and any other state has a retry time or runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
      const s = await stage();
      const id = await s.register('a', { maxRestarts: 3, windowSeconds: 3_600 });
      s.connector.failure = undefined;
      await s.runtime.autostart();
      let counted = 0;
      for (const each of events) {
        if (each === 'crash' || each === 'up') s.connector.failure = undefined;
        else s.connector.failure = each === 'defect' ? new Error('defect') : new ClarityError(each, '');
        const before = s.lifecycle(id);
        if (before === 'RUNNING' && each !== 'up') {
          s.connector.live.get('a')?.onClose('gone');
          counted += 1;
        }
        await settled();
        const { retryAt } = s.runtime.services.get(operator, id).status;
        if (retryAt !== undefined) {
          await s.pass(waitOf(retryAt, s.clock.wall()));
          if (each === 'defect') counted += 1;
        }
        await settled();
        const { lifecycle, retryAt: next } = s.runtime.services.get(operator, id).status;
        if (lifecycle === 'QUARANTINED') {
          expect(counted).toBeGreaterThanOrEqual(3);
          return;
        }
        expect(lifecycle === 'RUNNING' || next !== undefined).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('[first-hour.27] services that wait for the network start at once on retryWaiting, and others keep their delay', async () => {
  const s = await stage();
  const ids = [await s.register('far'), await s.register('gone')];
  s.connector.failure = new ClarityError('UPSTREAM_UNREACHABLE', 'ENETUNREACH');
  await s.runtime.autostart();
  await s.pass(500);
  await s.pass(1_000);
  const waitsOf = () => ids.map((id) => waitOf(s.runtime.services.get(operator, id).status.retryAt, s.clock.wall()));
  expect(waitsOf()).toEqual([2_000, 2_000]);
  await s.runtime.retryWaiting();
  // The back-off begins again.
  expect(waitsOf()).toEqual([500, 500]);
  s.connector.failure = new Error('defect');
  const broken = await s.register('broken');
  await s.runtime.services.start(operator, broken);
  s.connector.failure = undefined;
  await s.runtime.retryWaiting();
  expect(ids.map((id) => s.lifecycle(id))).toEqual(['RUNNING', 'RUNNING']);
  expect(s.lifecycle(broken)).not.toBe('RUNNING');
});

test('retryWaiting starts at most startsAtOnce services at the same time', async () => {
  const s = await stage();
  const ids: string[] = [];
  for (let i = 0; i < 20; i += 1) ids.push(await s.register(`far${String(i)}`));
  s.connector.failure = new ClarityError('UPSTREAM_UNREACHABLE', 'ENETUNREACH');
  await s.runtime.autostart();
  s.connector.failure = undefined;
  let [running, most] = [0, 0];
  s.connector.connecting = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await s.runtime.retryWaiting();
  expect(ids.every((id) => s.lifecycle(id) === 'RUNNING')).toBe(true);
  expect(most).toBeLessThanOrEqual(8);
});
