import { expect, test } from '@jest/globals';
import { runScript } from '../support/script.ts';

test('D08 T-283 one of many racing processes gets the workspace, and the errors of the others name it', async () => {
  const { said, exitCode } = await runScript('soak-lock.mjs', ['--races', '20']);
  expect(said).toMatch(/^20 races, 0 without exactly one owner; won by \d+ \+ \d+ \+ \d+ \+ \d+$/m);
  expect(exitCode).toBe(0);
});
