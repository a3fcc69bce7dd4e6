import { expect, test } from '@jest/globals';
import { Slices } from '../../../src/application/support/slices.ts';

test('R11b Slices gives the event loop a turn after each 32 KiB of work, and none before', async () => {
  const slices = new Slices();
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  for (let i = 0; i < 31; i += 1) await slices.turn(1024);
  expect(turns).toBe(0);
  for (let i = 0; i < 64; i += 1) await slices.turn(1024);
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(2);
  expect(turns).toBeLessThanOrEqual(4);
});
