import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { clientCommand } from '../../src/composition/client-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('[first-hour.03] an entry of a client names the copy of the home, not a program in the cache of npx', async () => {
  await using folder = await temporaryFolder();
  const env = { CLARITY_HOME: folder.path, PATH: '' };
  const cached = '/home/u/.npm/_npx/0a/node_modules/clarity-runtime/bin/clarityctl.js';
  expect(clientCommand(env, cached)).toEqual({ command: process.execPath, args: [cached] });
  const kept = join(folder.path, 'app/current/node_modules/clarity-runtime/bin/clarityctl.js');
  await mkdir(dirname(kept), { recursive: true });
  await writeFile(kept, '');
  expect(clientCommand(env, cached)).toEqual({ command: process.execPath, args: [kept] });
  expect(clientCommand(env, '/opt/clarityctl.js').args).toEqual(['/opt/clarityctl.js']);
});
