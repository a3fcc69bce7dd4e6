import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CLIENT_FIXTURES, PLACES, userWithClients, type PlanJson } from '../support/client-user.ts';
import { fakeRegistry } from '../support/install-user.ts';

test('the fixtures have one place each', async () => {
  const names = await readdir(CLIENT_FIXTURES);
  expect(Object.keys(PLACES).sort()).toEqual(names.filter((name) => name !== 'README.md').sort());
});

test('[first-hour.06] import without a terminal needs --yes or --dry-run and changes nothing', async () => {
  await using user = await userWithClients();
  const before = await user.files();
  const { exitCode, stderr } = await user.ctl('import');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--dry-run or --yes');
  expect([await user.files(), user.daemon.admitted]).toEqual([before, []]);
});

test('[first-hour.05] T-451 a dry run shows every entry in one row, without a secret, and changes nothing', async () => {
  await using user = await userWithClients();
  const before = await user.files();
  const { exitCode, stdout, stderr, json } = await user.ctl('import', '--dry-run');
  expect([exitCode, `${stdout}${stderr}`.includes('CANARY')]).toEqual([0, false]);
  const { servers } = json as unknown as PlanJson;
  const rows = Object.fromEntries(servers.map(({ name, action }) => [name, action]));
  expect(rows).toMatchObject({
    ...{
      github: 'new',
      search: 'new',
      weather: 'new',
      filesystem: 'new',
      notes: 'new',
      docs: 'new',
      docs_2: 'new',
      maps: 'new',
    },
    ...{
      linear: 'new',
      postgres: 'new',
      my_server_prod: 'new',
      jira: 'new',
      corp: 'unsupported',
      local: 'new',
      paused: 'new',
    },
    ...{
      sqlite: 'new',
      slow: 'new',
      billing: 'new',
      browser: 'new',
      wiki: 'new',
      developer: 'unsupported',
      fetch: 'new',
    },
  });
  expect(servers.reduce((sum, { from }) => sum + from.length, 0)).toBe(24);
  expect([await user.files(), user.daemon.admitted]).toEqual([before, []]);
});

test('[first-hour.12] ten configurations import, rewire and undo byte for byte', async () => {
  await using user = await userWithClients();
  const before = await user.files();
  const { exitCode, stdout, stderr, json } = await user.ctl('import', '--yes', '--rewire');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(`${stdout}${stderr}`).not.toContain('CANARY');
  const { rewired } = json as unknown as { readonly rewired: readonly { readonly problem?: string }[] };
  expect(rewired.map(({ problem }) => problem)).toEqual(rewired.map(() => undefined));
  const after = await user.files();
  const changed = after.filter((text, at) => text !== before[at]);
  expect(changed).toHaveLength(Object.keys(PLACES).length);
  for (const text of changed) expect(text).toContain('clarity_gateway');
  const secrets = (await user.ctl('auth', 'list-secrets')).json as unknown as { readonly count: number };
  expect(secrets.count).toBeGreaterThanOrEqual(7);
  const again = (await user.ctl('import', '--dry-run')).json as unknown as PlanJson;
  expect(again.servers.filter(({ action }) => action === 'new')).toEqual([]);
  expect((await user.ctl('import', 'undo')).exitCode).toBe(0);
  expect(await user.files()).toEqual(before);
  expect((await user.ctl('list')).json).toMatchObject({ items: [] });
  expect((await user.ctl('auth', 'list-secrets')).json).toMatchObject({ count: 0 });
  expect((await user.ctl('import', 'list')).json).toEqual({ imports: [] });
});

test('a service that does not start is reported, and its entry stays in its client', async () => {
  await using user = await userWithClients({ 'cursor.json': '.cursor/mcp.json' });
  const before = await user.files();
  user.daemon.admission = ({ metadata }) => {
    if (metadata.module === 'github') throw new Error('no');
  };
  const { exitCode, stderr } = await user.ctl('import', '--yes', '--rewire', '--only', 'github');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('github:');
  expect(await user.files()).toEqual(before);
});

test('[first-hour.14] an interrupted import is named, and its undo removes what it did', async () => {
  await using user = await userWithClients({ 'zed.jsonc': '.config/zed/settings.json' });
  await user.ctl('import', '--yes');
  const folder = join(user.home, '.local', 'state', 'clarity', 'imports');
  const [id = ''] = await readdir(folder);
  const path = join(folder, id, 'import.json');
  await writeFile(path, (await readFile(path, 'utf8')).replace('"isComplete": true', '"isComplete": false'));
  expect((await user.ctl('import', '--dry-run')).stderr).toContain(`the import ${id} was interrupted`);
  expect((await user.ctl('import', 'undo', id)).exitCode).toBe(0);
  expect((await user.ctl('list')).json).toMatchObject({ items: [] });
});

test('a service that changed since the import stays at the undo', async () => {
  await using user = await userWithClients({ 'zed.jsonc': '.config/zed/settings.json' });
  await user.ctl('import', '--yes');
  await writeFile(join(user.cwd, 'export.json'), (await user.ctl('export', 'sqlite')).stdout);
  const text = await readFile(join(user.cwd, 'export.json'), 'utf8');
  await writeFile(join(user.cwd, 'export.json'), text.replace('"sqlite"', '"sqlite","displayName":"changed"'));
  await user.ctl('apply', '-f', 'export.json');
  const { json } = await user.ctl('import', 'undo');
  expect(json).toMatchObject({ steps: [expect.objectContaining({ name: 'sqlite' })] });
});

test.each([
  [['import', '--all-projects', '--yes'], '--all-projects needs --scope local'],
  [['import', '--from', 'unknown', '--yes'], "unknown client 'unknown'"],
  [['import', '--scope', 'x', '--yes'], '--scope must be'],
  [['import', '--secrets', 'x', '--yes'], '--secrets must be'],
  [['import', 'x'], "unknown action 'import x'"],
])('%j ends with exit code 2', async (argv, message) => {
  await using user = await userWithClients({});
  const { exitCode, stderr } = await user.ctl(...argv);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('T-455 project files need --scope, and their files are read inside the project only', async () => {
  await using user = await userWithClients({});
  await writeFile(join(user.home, 'outside'), 'CANARYoutside');
  const headers = { Authorization: 'Bearer {file:../outside}' };
  const wiki = { type: 'remote', url: 'https://wiki.example.com/mcp', headers };
  await writeFile(join(user.cwd, 'opencode.json'), JSON.stringify({ mcp: { wiki } }));
  const usual = await user.ctl('import', '--yes');
  expect([usual.json, usual.stderr]).toMatchObject([{ servers: [] }, '']);
  const { json } = await user.ctl('import', '--yes', '--scope', 'project');
  expect(json).toMatchObject({ servers: [{ name: 'wiki', secrets: [], needs: [{ name: 'Authorization' }] }] });
});

test('a file behind a URL is imported, and one that cannot be had is named', async () => {
  await using user = await userWithClients({});
  const servers = { mcpServers: { shared: { command: 'shared-mcp' } } };
  await using site = await fakeRegistry({}, { 'team.json': Buffer.from(JSON.stringify(servers)) });
  const { exitCode, json } = await user.ctl('import', '--yes', '--from', `${site.url}/files/team.json`);
  expect([exitCode, json]).toMatchObject([0, { results: [{ name: 'shared', ok: true }] }]);
  const absent = await user.ctl('import', '--yes', '--from', `${site.url}/files/absent.json`);
  expect([absent.exitCode, absent.json]).toMatchObject([
    1,
    { files: [{ problem: 'the server answered with HTTP 404' }] },
  ]);
  const open = await user.ctl('import', '--yes', '--from', 'http://mcp.example.com/team.json');
  expect([open.exitCode, open.json]).toMatchObject([
    1,
    { files: [{ problem: expect.stringContaining('is not an https address') }] },
  ]);
});

test('--all-projects imports the servers of every folder in the file of Claude Code', async () => {
  await using user = await userWithClients({});
  const of = (name: string) => ({ mcpServers: { [name]: { command: name } } });
  const projects = { [user.cwd]: of('here'), '/home/u/other': of('there') };
  await writeFile(join(user.home, '.claude.json'), JSON.stringify({ projects }));
  const names = async (...argv: readonly string[]) =>
    ((await user.ctl('import', '--dry-run', ...argv)).json as unknown as PlanJson).servers.map(({ name }) => name);
  expect(await names('--scope', 'local')).toEqual(['here']);
  expect(await names('--scope', 'local', '--all-projects')).toEqual(['here', 'there']);
});
