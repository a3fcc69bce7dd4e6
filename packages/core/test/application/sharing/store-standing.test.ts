import { expect, test } from '@jest/globals';
import { at, Cluster, STEP_MS, TTL_MS } from '../../support/daemon-cluster.ts';

test('a daemon that is seen as ended is asked for as long as the store could not show that it is back', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [asking, back] = [at(cluster, 0), at(cluster, 1)];
  back.isPaused = true;
  back.clock.pause();
  await cluster.pass(TTL_MS + STEP_MS);
  asking.isAway = true;
  await cluster.pass(3 * TTL_MS);
  expect(asking.standing.others).toEqual(['d1']);
  asking.isAway = false;
  await cluster.pass(2 * TTL_MS);
  expect(asking.standing.others).toEqual([]);
  await cluster.end();
});
