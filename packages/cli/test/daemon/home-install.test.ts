import { execFile } from 'node:child_process';
import { mkdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { clientCommand } from '../../src/composition/client-command.ts';
import { prepareHome } from '../../src/daemon/home-install.ts';
import { VERSION } from '../../src/support/version.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('[first-hour.01] [first-hour.03] the home has a copy of an installation of npx that outlives the cache, and executables that start it', async () => {
  await using folder = await temporaryFolder();
  const cache = join(folder.path, '.npm', '_npx', '0123');
  const program = join(cache, 'node_modules', 'clarity-runtime', 'bin', 'clarity-runtime.js');
  await mkdir(dirname(program), { recursive: true });
  for (const name of ['clarity-runtime', 'clarityctl', 'clarityd', 'clarityc']) {
    await writeFile(join(dirname(program), `${name}.js`), `console.log('${name}', process.argv.slice(2).join())`);
  }
  const home = join(folder.path, "the home's folder");
  const all = await Promise.all([prepareHome(home, program), prepareHome(home, program), prepareHome(home, program)]);
  await rm(cache, { recursive: true });
  expect(await readlink(join(home, 'app', 'current'))).toBe(join(home, 'app', VERSION));
  for (const { daemon } of all) {
    expect(await realpath(daemon)).toBe(
      join(home, 'app', VERSION, 'node_modules', 'clarity-runtime', 'bin', 'clarityd.js'),
    );
  }
  // `up` of the copy, and the entry of a client that was written from the cache.
  const kept = join(home, 'app', 'current', 'node_modules', 'clarity-runtime', 'bin');
  expect((await prepareHome(home, join(kept, 'clarity-runtime.js'))).daemon).toBe(join(kept, 'clarityd.js'));
  const entry = clientCommand({ CLARITY_HOME: home, PATH: '' }, join(dirname(program), 'clarityctl.js'));
  const ran = await promisify(execFile)(entry.command, [...entry.args, 'gateway', 'serve']);
  expect(ran.stdout).toBe('clarityctl gateway,serve\n');
  if (process.platform === 'win32') return;
  const { stdout } = await promisify(execFile)(join(home, 'bin', 'clarityctl'), ['a b', '$HOME']);
  expect(stdout).toBe('clarityctl a b,$HOME\n');
});

test('the home uses an installation that is not in a cache as it is', async () => {
  await using folder = await temporaryFolder();
  const { daemon } = await prepareHome(join(folder.path, 'home'), '/opt/app/bin/clarity-runtime.js');
  expect(daemon).toBe('/opt/app/bin/clarityd.js');
});
