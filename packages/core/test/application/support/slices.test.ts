import { expect, test } from '@jest/globals';
import { Slices } from '../../../src/application/support/slices.ts';

const busy = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

test('R11b Slices gives the event loop a turn after 8 ms of work, and none before', async () => {
  const slices = new Slices();
  let turns = 0;
  const count = setInterval(() => (turns += 1), 1);
  for (let i = 0; i < 5; i += 1) {
    busy(10);
    await slices.turn();
  }
  expect(turns).toBeGreaterThanOrEqual(4);
  const before = turns;
  for (let i = 0; i < 1_000; i += 1) await new Slices().turn();
  expect(turns).toBe(before);
  clearInterval(count);
});
