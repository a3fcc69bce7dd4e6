import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { runProgram } from '../support/program.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

const TOKEN = 'correct-horse-battery-staple';

test('[install.npx-clarityd] clarityd prints its addresses in three lines and serves requests', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  const { url, program } = daemon;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  await program.says(/^auth: .*\n/m);
  expect(program.stdout()).toBe(
    `clarityd listening on ${url}\nstatus page: ${url}/status\n` +
      'auth: loopback-only (set CLARITYD_AUTH_TOKEN to allow secured non-loopback access)\n',
  );
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect((await fetch(`${url}/status`)).headers.get('content-type')).toContain('text/html');
});

test('[architecture.ctl-drives-daemon] [api.http] only the owner can read the state of the daemon', async () => {
  await using workspace = await temporaryWorkspace();
  await mkdir(join(workspace.path, 'state'));
  await using daemon = await startClarityd({ cwd: workspace.path, argv: ['--workspace', 'state'] });
  expect(await daemon.json('status')).toMatchObject({ runtime: { pid: daemon.program.pid }, summary: { total: 0 } });
  expect(await readdir(workspace.path)).toEqual(['state']);
  const folder = join(workspace.path, 'state', '.clarity', 'runtime');
  const lock = JSON.parse(await readFile(join(folder, 'daemon.lock'), 'utf8')) as unknown;
  expect(lock).toMatchObject({ pid: daemon.program.pid, url: daemon.url });
  for (const name of await readdir(folder)) {
    // Compaction may replace the journal while the folder is read.
    const entry = await stat(join(folder, name)).catch(() => undefined);
    expect([name, (entry?.mode ?? 0) & 0o077]).toEqual([name, 0]);
  }
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('[install.auth-flag] [security.token-api] [security.token-mcp] [security.bearer] [security.header] requests need the token', async () => {
  await using workspace = await temporaryWorkspace();
  const env = { CLARITYD_AUTH_TOKEN: 'not-this-one-because-of-the-flag' };
  await using daemon = await startClarityd({ cwd: workspace.path, argv: ['--auth-token', TOKEN], env });
  await daemon.program.says(/^auth: token required \(use Authorization: Bearer <token> or x-clarity-token\)$/m);
  const status = async (path: string, headers = {}) => (await fetch(daemon.url + path, { headers })).status;
  expect(await status('/api/status')).toBe(401);
  expect(await status('/mcp')).toBe(401);
  expect(await status('/api/status', { authorization: `Bearer ${env.CLARITYD_AUTH_TOKEN}` })).toBe(401);
  expect(await status('/api/status', { authorization: `Bearer ${TOKEN}` })).toBe(200);
  expect(await status('/api/status', { 'x-clarity-token': TOKEN })).toBe(200);
  expect((await daemon.ctl('list', '--auth-token', TOKEN)).exitCode).toBe(0);
  const refused = await daemon.ctl('list');
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('the daemon rejected the token') });
  const { stdout, stderr } = await daemon.end();
  expect(stdout + stderr + refused.stderr).not.toContain(TOKEN);
});

test('[install.auth-env] daemon and clarityctl use the token of the environment', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, env: { CLARITYD_AUTH_TOKEN: TOKEN } });
  for (const path of ['/api/status', '/mcp']) expect((await fetch(daemon.url + path)).status).toBe(401);
  expect((await daemon.ctl('list')).exitCode).toBe(0);
});

test('D10 the daemon exits with 4, the port and a hint when the port is used', async () => {
  await using first = await temporaryWorkspace();
  await using second = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: first.path });
  const { port } = new URL(daemon.url);
  const { exitCode, stdout, stderr } = await runProgram('clarityd', ['-p', port], { cwd: second.path });
  expect([exitCode, stdout]).toEqual([4, '']);
  expect(stderr).toContain(`error: port ${port} on 127.0.0.1 is in use\nhint: `);
  expect(stderr).not.toContain('    at ');
  expect((await daemon.ctl('list')).exitCode).toBe(0);
});

test('D08 D09 a second daemon cannot use the workspace until the first is killed', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  const { exitCode, stderr } = await runProgram('clarityd', ['--port', '0'], { cwd: workspace.path });
  expect(exitCode).toBe(4);
  expect(stderr).toContain(`another clarityd (pid ${String(daemon.program.pid)}, ${daemon.url}) uses this workspace`);
  expect((await daemon.ctl('list')).exitCode).toBe(0);
  await daemon.end('SIGKILL');
  await using next = await startClarityd({ cwd: workspace.path });
  expect((await next.ctl('list')).exitCode).toBe(0);
});

test.each([
  ['T-244 an address beyond loopback without a token', ['--host', '0.0.0.0'], 2, '--host 0.0.0.0'],
  ['T-244 the same in IPv6', ['--host', '::'], 2, '--host ::'],
  ['a port that is none', ['--port', 'abc'], 2, "--port must be a number from 0 to 65535, not 'abc'"],
  ['a flag that does not exist', ['--prot', '1'], 2, "unknown option '--prot', did you mean '--port'?"],
  ['a stray word', ['serve'], 2, "unexpected argument 'serve'"],
  [
    'an address of another machine',
    ['--port', '0', '--host', '192.0.2.1', '--auth-token', TOKEN],
    2,
    'not an address of',
  ],
  ['a workspace that is not there', ['--workspace', 'absent'], 2, 'does not exist'],
])('the daemon exits with the code and the name of the setting for %s', async (_, argv, exitCode, message) => {
  await using workspace = await temporaryWorkspace();
  const ended = await runProgram('clarityd', argv, { cwd: workspace.path });
  expect([ended.exitCode, ended.stdout]).toEqual([exitCode, '']);
  expect(ended.stderr).toContain(message);
  expect(ended.stderr).not.toContain('    at ');
});

test('T-286 the daemon exits with 3 and keeps the file when the registry is unreadable', async () => {
  await using workspace = await temporaryWorkspace();
  const path = await workspace.write('.clarity/runtime/registry.json', '{"half":');
  const { exitCode, stderr } = await runProgram('clarityd', ['--port', '0'], { cwd: workspace.path });
  expect(exitCode).toBe(3);
  expect(stderr).toContain(path);
  expect(await readFile(path, 'utf8')).toBe('{"half":');
});

test('all three programs print --help and --version', async () => {
  await using workspace = await temporaryWorkspace();
  for (const name of ['clarityd', 'clarityctl', 'clarityc'] as const) {
    const help = await runProgram(name, ['--help'], { cwd: workspace.path });
    expect(help).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('--version') });
    const version = await runProgram(name, ['--version'], { cwd: workspace.path });
    expect(version).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  }
  await expect(stat(join(workspace.path, '.clarity'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('[install.npx-clarityctl] clarityctl without a daemon prints how to start one', async () => {
  await using workspace = await temporaryWorkspace();
  const argv = ['list', '--daemon-url', 'http://127.0.0.1:1'];
  const { exitCode, stdout, stderr } = await runProgram('clarityctl', argv, { cwd: workspace.path });
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^error: no daemon listens at http:\/\/127\.0\.0\.1:1\nhint: start it with `\/\S+\/clarity-runtime(?:\.js)? up`, or set --daemon-url to another daemon\n$/,
  );
});
