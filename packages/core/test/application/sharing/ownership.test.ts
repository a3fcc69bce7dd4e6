import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../../test/support/runs.ts';
import { at, Cluster, STEP_MS, TTL_MS } from '../../support/daemon-cluster.ts';

const [one, two] = [0, 1] as const;
test('an owner that is paused has lost the ownership before any of its timers runs, and another one takes over', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [paused, other] = [at(cluster, one), at(cluster, two)];
  await paused.take();
  await cluster.pass(10_000);
  expect(cluster.owners).toEqual(['d0']);
  paused.clock.pause();
  paused.isPaused = true;
  await cluster.pass(TTL_MS);
  await other.take();
  expect([paused.owns, other.owns]).toEqual([false, true]);
  paused.clock.resume();
  paused.isPaused = false;
  await cluster.pass(TTL_MS);
  expect(cluster.owners).toEqual(['d1']);
  await cluster.end();
});

test('an owner that alone is cut off from the store stops before another one can take over', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  await at(cluster, one).take();
  at(cluster, one).isAway = true;
  await cluster.pass(TTL_MS - STEP_MS);
  expect(cluster.owners).toEqual([]);
  await cluster.pass(2 * STEP_MS);
  await at(cluster, two).take();
  expect(cluster.owners).toEqual(['d1']);
  await cluster.end();
});

test('while no daemon reaches the store the owner goes on, and it is still the owner afterwards', async () => {
  const cluster = new Cluster(3);
  await cluster.pass(STEP_MS);
  await at(cluster, one).take();
  for (const daemon of cluster.daemons) daemon.isAway = true;
  await cluster.pass(60_000, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  // The others are back first: they keep their promise.
  for (const daemon of cluster.daemons.slice(1)) daemon.isAway = false;
  await at(cluster, two).take();
  expect(cluster.owners).toEqual(['d0']);
  at(cluster, one).isAway = false;
  await cluster.pass(10_000, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  await cluster.end();
});

test('a lease that was on its way while its daemon promised to take none is given back', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [owner, other] = [at(cluster, one), at(cluster, two)];
  await owner.take();
  owner.isAway = true;
  await cluster.pass(3_250);
  // The request of the other daemon is on its way when its link breaks, and arrives after the lease has expired.
  other.delayMs = 3_000;
  const taking = other.take();
  other.isAway = true;
  await cluster.pass(2 * TTL_MS, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  await taking;
  expect(other.owns).toBe(false);
  await cluster.end();
});

type Act = readonly [act: 'take' | 'release' | 'pause' | 'cut' | 'slow', daemon: number, passMs: number];

test('law: whatever is paused and cut off, at most one daemon has the ownership at any time', async () => {
  const act = fc.tuple(
    fc.constantFrom<Act[0]>('take', 'take', 'release', 'pause', 'cut', 'slow'),
    fc.nat(2),
    fc.constantFrom(0, 500, 2_000, 4_500, 7_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 30 }), async (acts: readonly Act[]) => {
      const cluster = new Cluster(3);
      const check = (): void => {
        expect(cluster.owners.length).toBeLessThanOrEqual(1);
      };
      // The daemons know each other before the first outage.
      await cluster.pass(STEP_MS);
      for (const [what, index, passMs] of acts) {
        const daemon = at(cluster, index);
        if (what === 'take') void daemon.take();
        else if (what === 'slow') daemon.delayMs = daemon.delayMs === 0 ? 2_000 : 0;
        else if (what === 'release') await daemon.ownership?.release();
        else if (what === 'cut') daemon.isAway = !daemon.isAway;
        else {
          daemon.isPaused = !daemon.isPaused;
          if (daemon.isPaused) daemon.clock.pause();
          else daemon.clock.resume();
        }
        check();
        await cluster.pass(passMs, check);
      }
      await cluster.end();
    }),
    { numRuns: runs(40) },
  );
});
