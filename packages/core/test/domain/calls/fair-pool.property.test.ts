import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FairPool } from '../../../src/domain/calls/fair-pool.ts';
import { runs } from '../../../../../test/support/runs.ts';

const SIZE = 12;

/** Returns the max-min fair shares of a pool: each owner gets its demand or an equal part of the rest. */
function fairShares(demands: readonly number[]): readonly number[] {
  const shares = demands.map(() => 0);
  for (let left = SIZE; left > 0; left -= 1) {
    const open = demands.flatMap((demand, i) => (demand > (shares[i] ?? 0) ? [i] : []));
    if (open.length === 0) break;
    const next = open.reduce((a, b) => ((shares[b] ?? 0) < (shares[a] ?? 0) ? b : a));
    shares[next] = (shares[next] ?? 0) + 1;
  }
  return shares;
}

test('R13b FairPool gives each principal its max-min fair share within one slot', () => {
  const demands = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(demands, fc.array(fc.nat(1_000), { minLength: 1 }), (wanted, picks) => {
      const pool = new FairPool(SIZE);
      const held = wanted.map(() => 0);
      // In any order first; then each owner asks again until nothing changes.
      const order = [...picks, ...Array.from({ length: 150 }, (_, i) => i)];
      for (const pick of order) {
        const i = pick % wanted.length;
        if ((held[i] ?? 0) >= (wanted[i] ?? 0)) continue;
        const release = pool.take(String(i), () => {
          held[i] = (held[i] ?? 0) - 1;
        });
        if (release !== undefined) held[i] = (held[i] ?? 0) + 1;
        expect(pool.count).toBe(held.reduce((sum, count) => sum + count, 0));
        expect(pool.count).toBeLessThanOrEqual(SIZE);
      }
      const shares = fairShares(wanted);
      held.forEach((count, i) => {
        expect(Math.abs(count - (shares[i] ?? 0))).toBeLessThanOrEqual(1);
      });
    }),
    { numRuns: runs(60) },
  );
});

test('T-344 R13b FairPool gives the 257th stream to another principal and evicts the newest of the first', () => {
  const pool = new FairPool(256);
  const evicted: number[] = [];
  for (let i = 0; i < 256; i += 1) pool.take('a', () => evicted.push(i));
  expect(pool.take('a', () => undefined)).toBeUndefined();
  const release = pool.take('b', () => undefined);
  expect([evicted, pool.count]).toEqual([[255], 256]);
  release?.();
  release?.();
  expect(pool.count).toBe(255);
});
