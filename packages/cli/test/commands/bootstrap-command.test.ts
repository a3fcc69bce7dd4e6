import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bootstrapClients } from '@clarity-runtime/adapter-store-fs';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ABSENT = 'http://127.0.0.1:9';

/** Runs `clarityctl` for a user with an empty home and without a daemon. */
async function temporaryUser() {
  const folder = await temporaryFolder();
  const { path: home } = folder;
  const cwd = join(home, 'project');
  await mkdir(cwd);
  return {
    home,
    cwd,
    read: (name: string) => readFile(join(home, name), 'utf8'),
    ctl: async (argv: readonly string[], { columns = 0, env = {} } = {}) => {
      const [stdout, stderr] = columns === 0 ? [capture(), capture()] : [capture(columns), capture(columns)];
      // Nothing listens there: a daemon of this machine at the default port is not asked for tokens.
      const own = { HOME: home, PATH: '/nowhere', NO_COLOR: '1', CLARITYD_URL: ABSENT, ...env };
      const exitCode = await exitCodeOf(runCtl, { argv, cwd, stdout, stderr, env: own });
      return { exitCode, stdout: stdout.text, stderr: stderr.text };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('[cli.bootstrap] [cli.bootstrap.clients] [gives.client-bootstrap] bootstrap configures codex and claude', async () => {
  await using user = await temporaryUser();
  const first = await user.ctl(['bootstrap', '--clients', 'codex,claude']);
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(first.stdout)).toMatchObject({
    results: [
      { client: 'codex', updated: true, path: join(user.home, '.codex', 'config.toml') },
      { client: 'claude', updated: true, path: join(user.home, '.claude.json') },
    ],
  });
  const again = await user.ctl(['bootstrap'], { columns: 100 });
  expect(again.stdout).toBe(
    `codex: no change in ${user.home}/.codex/config.toml\nclaude: no change in ${user.home}/.claude.json\n`,
  );
  const { mcpServers } = JSON.parse(await user.read('.claude.json')) as { mcpServers: Record<string, unknown> };
  expect(mcpServers['clarity_gateway']).toEqual({
    command: process.execPath,
    args: [expect.stringMatching(/^\/.*bin\/clarityctl\.js$/), 'gateway', 'serve', '--stdio', '--daemon-url', ABSENT],
  });
});

test('bootstrap writes the bare name clarityctl only when the PATH of the shell contains it', async () => {
  await using user = await temporaryUser();
  const named = async (folder: string): Promise<string> => {
    await mkdir(join(user.home, folder), { recursive: true });
    await writeFile(join(user.home, folder, 'clarityctl'), '', { mode: 0o755 });
    await user.ctl(['bootstrap', '--clients', 'codex'], { env: { PATH: join(user.home, folder) } });
    return user.read('.codex/config.toml');
  };
  expect(await named('node_modules/.bin')).toContain(`command = ${JSON.stringify(process.execPath)}`);
  expect(await named('bin')).toContain(
    'command = "clarityctl"\nargs = ["gateway", "serve", "--stdio", "--daemon-url", "http://127.0.0.1:9"]\n',
  );
});

test('bootstrap writes daemon URL and token variable, but not the token, when the transport is http', async () => {
  await using user = await temporaryUser();
  const token = 'Canary-token-7c41';
  const env = { CLARITYD_URL: 'http://127.0.0.1:4999', CLARITY_API_TOKEN: token };
  const ran = await user.ctl(['bootstrap', '--clients', 'codex'], { env });
  expect(await user.read('.codex/config.toml')).toMatch(
    /"gateway", "serve", "--stdio", "--daemon-url", "http:\/\/127\.0\.0\.1:4999"\]\nenv_vars = \["CLARITY_API_TOKEN"\]/,
  );
  await user.ctl(['bootstrap', '--transport', 'http', '--auth-token', token, '--clients', 'codex,claude'], { env });
  expect(await user.read('.codex/config.toml')).toContain(
    'url = "http://127.0.0.1:4999/mcp"\nbearer_token_env_var = "CLARITYD_AUTH_TOKEN"\n',
  );
  expect(await user.read('.claude.json')).toContain('"Authorization": "Bearer ${CLARITYD_AUTH_TOKEN}"');
  expect(ran.stdout + (await user.read('.codex/config.toml')) + (await user.read('.claude.json'))).not.toContain(token);
});

test('bootstrap prints the diff and writes nothing when --dry-run is set', async () => {
  await using user = await temporaryUser();
  await writeFile(join(user.home, '.claude.json'), '{\n  "numStartups": 1\n}\n');
  const { exitCode, stdout } = await user.ctl(['bootstrap', '--clients', 'claude', '--dry-run']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^--- \S+\.claude\.json\n\+\+\+ .*\n@@ -1,3 \+1,\d+ @@\n \{\n- {2}"numStartups": 1\n\+ {2}"num/,
  );
  expect(await user.read('.claude.json')).toBe('{\n  "numStartups": 1\n}\n');
});

test('bootstrap status lists the state of each client; bootstrap-remove restores every file', async () => {
  await using user = await temporaryUser();
  await mkdir(join(user.home, '.cursor'));
  await user.ctl(['bootstrap']);
  const { clients } = JSON.parse((await user.ctl(['bootstrap', 'status'])).stdout) as { clients: object[] };
  expect(clients).toHaveLength(bootstrapClients.length);
  expect(clients[0]).toMatchObject({ client: 'codex', configured: true, present: true, transport: 'stdio' });
  expect(clients[3]).toMatchObject({ client: 'cursor', configured: false, present: true });
  const shown = (await user.ctl(['bootstrap', 'status'], { columns: 120 })).stdout;
  expect(shown).toMatch(/codex +configured \(stdio\) /);
  expect(shown).toMatch(/cursor +found /);
  expect((await user.ctl(['bootstrap-remove'])).exitCode).toBe(0);
  await expect(user.read('.claude.json')).rejects.toThrow('ENOENT');
  await expect(user.read('.codex/config.toml')).rejects.toThrow('ENOENT');
});

test('D16 bootstrap configures the other clients and exits 1 when one client fails', async () => {
  await using user = await temporaryUser();
  await writeFile(join(user.home, '.claude.json'), '{ // my notes');
  const { exitCode, stdout, stderr } = await user.ctl(['bootstrap', '--clients', 'claude,codex']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ results: [{ client: 'claude', updated: false }, { updated: true }] });
  expect(stderr).toMatch(/claude: .*\.claude\.json: line 1, column 3: not valid JSON.*\nhint: fix the file/);
  expect(await user.read('.claude.json')).toBe('{ // my notes');
});

test('bootstrap writes to the current folder when the scope is project', async () => {
  await using user = await temporaryUser();
  await user.ctl(['bootstrap', '--clients', 'claude,vscode', '--scope', 'project']);
  expect(await user.read('project/.mcp.json')).toContain('"mcpServers"');
  expect(await user.read('project/.vscode/mcp.json')).toContain('"servers"');
});

test.each([
  [['bootstrap', 'list'], "unknown action 'bootstrap list'", 2],
  [['bootstrap', '--transport', 'sse'], '--transport must be stdio or http', 2],
  [['bootstrap', '--scope', 'all'], '--scope must be user or project', 2],
  [['bootstrap', '--clients', 'emacs'], "unknown client 'emacs'", 1],
])('clarityctl rejects %j', async (argv, message, exitCode) => {
  await using user = await temporaryUser();
  const ran = await user.ctl(argv);
  expect(ran).toMatchObject({ exitCode, stdout: '' });
  expect(ran.stderr).toContain(message);
});
