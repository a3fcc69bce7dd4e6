import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DenialFolder } from '../../../src/application/audit/denial-folder.ts';
import { ManualClock } from '@clarity-runtime/core/memory';

const login = (peer: string) => ({
  kind: 'auth.failed',
  level: 'warn' as const,
  message: 'Login refused: wrong token',
  caller: { kind: 'unknown', id: peer, door: 'http' },
});

function folder() {
  const clock = new ManualClock();
  const written: { readonly at: number; readonly count: number; readonly peer: string }[] = [];
  const write = (event: { caller?: unknown; data?: Readonly<Record<string, unknown>> }): Promise<void> => {
    const { id } = event.caller as { id: string };
    written.push({ at: clock.monotonic(), peer: id, count: Number(event.data?.['count'] ?? 1) });
    return Promise.resolve();
  };
  const folds = new DenialFolder(clock, write);
  const deny = (peer: string): void => {
    if (!folds.folds(login(peer))) void write(login(peer));
  };
  return { clock, written, folds, deny };
}

test('T-342 R51b DenialFolder writes at most one event per peer and minute, and counts every denial', async () => {
  const step = fc.record({ peer: fc.constantFrom('a', 'b', 'c'), ms: fc.integer({ min: 0, max: 40_000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (plan) => {
      const { clock, written, folds, deny } = folder();
      for (const { peer, ms } of plan) {
        clock.advance(ms);
        await new Promise((resolve) => setImmediate(resolve));
        deny(peer);
      }
      clock.advance(60_000);
      await folds.flush();
      for (const peer of ['a', 'b', 'c']) {
        const own = written.filter((event) => event.peer === peer);
        expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(plan.filter((each) => each.peer === peer).length);
        const before = own.slice(0, -1);
        before.forEach(({ at }, i) => {
          if (i > 0) expect(at - (before[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
        });
      }
    }),
    { numRuns: 100 },
  );
});

test('R51b DenialFolder keeps 1,000 keys and folds the denials of all other peers together', async () => {
  const { written, folds, deny } = folder();
  for (let i = 0; i < 100_000; i += 1) deny(`peer ${String(i)}`);
  expect(written).toHaveLength(1_001);
  await folds.flush();
  expect(written.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
});

test('DenialFolder folds no change and no call', () => {
  const { folds } = folder();
  const event = { kind: 'service.removed', level: 'info' as const, message: 'm' };
  expect([folds.folds(event), folds.folds(event), folds.folds({ ...event, kind: 'service.tool_called' })]).toEqual([
    false,
    false,
    false,
  ]);
});
