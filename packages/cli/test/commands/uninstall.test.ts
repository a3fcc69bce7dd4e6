import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SERVERS = JSON.stringify({ mcpServers: { files: { command: 'files-mcp' } } }, null, 2);

/** A user whose Cursor was moved to the gateway, and whose Windsurf has its entry. */
async function movedUser() {
  const folder = await temporaryFolder();
  const daemon = await fakeDaemon();
  const home = join(folder.path, 'home');
  const env = { HOME: folder.path, CLARITY_HOME: home, PATH: '/usr/bin:/bin' };
  const ctl = (...argv: string[]) => daemon.ctl(argv, { cwd: folder.path, env });
  const cursor = join(folder.path, '.cursor/mcp.json');
  await mkdir(join(folder.path, '.cursor'));
  await writeFile(cursor, SERVERS);
  await ctl('import', '--yes', '--rewire');
  await ctl('bootstrap', '--clients', 'windsurf');
  await mkdir(join(home, '.clarity'), { recursive: true });
  return {
    ...{
      ctl,
      home,
      cursor,
      windsurf: join(folder.path, '.codeium/windsurf/mcp_config.json'),
      state: join(folder.path, '.local/state/clarity'),
    },
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('uninstall restores the clients, and --purge deletes the state of the home', async () => {
  await using user = await movedUser();
  expect(await readFile(user.cursor, 'utf8')).toContain('clarity_gateway');
  const dry = await user.ctl('uninstall', '--dry-run', '--purge');
  expect(JSON.parse(dry.stdout)).toMatchObject({
    dryRun: true,
    steps: expect.arrayContaining([`delete ${join(user.home, '.clarity')}`]) as unknown,
  });
  const { exitCode, stdout } = await user.ctl('uninstall', '--yes');
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { ok: true }]);
  expect(await readFile(user.cursor, 'utf8')).toBe(SERVERS);
  const left = await readFile(user.windsurf, 'utf8').catch(() => '');
  expect(left).not.toContain('clarity_gateway');
  expect(await readdir(user.home)).toEqual(['.clarity']);
  expect(await readdir(user.state)).toContain('imports');
  expect((await user.ctl('uninstall', '--yes', '--purge')).exitCode).toBe(0);
  expect(await readdir(user.home)).toEqual([]);
  expect(await readdir(user.state)).not.toContain('imports');
});

test('without a terminal uninstall needs --yes and changes nothing', async () => {
  await using user = await movedUser();
  const before = await readFile(user.cursor, 'utf8');
  const { exitCode, stderr } = await user.ctl('uninstall', '--purge');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--dry-run or --yes')]);
  expect(await readFile(user.cursor, 'utf8')).toBe(before);
});

test('an installation that npm made is upgraded by npm', async () => {
  await using user = await movedUser();
  const { exitCode, stderr } = await user.ctl('upgrade');
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('npm install -g clarity-runtime@latest')]);
});
