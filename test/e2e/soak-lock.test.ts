import { expect, test } from '@jest/globals';
import { runScript } from '../support/script.ts';

test('D08 T-283 of processes that race for a workspace one gets it, and the others name that one', async () => {
  const { said, exitCode } = await runScript('soak-lock.mjs', ['--races', '60']);
  expect(said).toMatch(/^60 races, 0 without exactly one owner; won by \d+ \+ \d+ \+ \d+ \+ \d+$/m);
  expect(exitCode).toBe(0);
}, 120_000);
