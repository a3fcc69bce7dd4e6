import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runScript } from '../support/script.ts';
import { repository } from '../support/workspace.ts';

// The script fails on a missing response, a duplicate event, a leftover temporary file, or a slow start.
test('D01 D02 D19 T-280 a daemon that is killed six times loses neither a registration nor an event', async () => {
  const daemon = [process.execPath, join(repository, 'packages/cli/bin/clarityd.js')];
  const { said, exitCode } = await runScript('soak-kill.mjs', ['--kills', '6', '--', ...daemon]);
  expect(said).toMatch(/^6 kills, \d{2,} responses, 0 lost, \d+ recoveries, started in \d+ \/ \d+ \/ \d+ ms/m);
  expect(exitCode).toBe(0);
}, 300_000);
