import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { replaceProcess } from '../../src/daemon/hide-token.ts';
import { startClarityd } from '../../../../test/support/clarityd.ts';
import { runProgram } from '../../../../test/support/program.ts';
import { repository, temporaryWorkspace } from '../../../../test/support/workspace.ts';

const TOKEN = 'correct-horse-battery-staple';
const linux = { test: process.platform === 'linux' ? test : test.skip };
/** A service that reads what the system shows of its parent, the daemon. */
const SPY = 'cat /proc/$PPID/environ >environ; cat /proc/$PPID/cmdline >cmdline; exit 1';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function readBy(cwd: string, env: Record<string, string>): Promise<string> {
  await runProgram('clarityctl', ['add-process', 'spy', '--', '/bin/sh', '-c', SPY], { cwd, env });
  const files = ['environ', 'cmdline'].map((name) => readFile(join(cwd, name), 'utf8'));
  return (await Promise.all(files)).join('\0');
}

linux.test(
  'T-360 R04b a service of a daemon that clarityc started reads no token in environment or arguments',
  async () => {
    await using workspace = await temporaryWorkspace();
    await workspace.write('hello.clarity', 'module hello\n\nfunction one() -> Int64 { 1 }\n');
    const url = `http://127.0.0.1:${String(await freePort())}`;
    const env = { CLARITYD_URL: url, CLARITYD_AUTH_TOKEN: TOKEN, CLARITY_API_TOKEN: `${TOKEN}-old` };
    const options = { cwd: workspace.path, env };
    expect(await runProgram('clarityc', ['start'], options)).toMatchObject({ exitCode: 0 });
    try {
      expect((await fetch(`${url}/api/status`)).status).toBe(401);
      const read = await readBy(workspace.path, env);
      expect(read).toContain('clarityd.js\0');
      expect(read).not.toContain(TOKEN);
      expect(await readFile(join(workspace.path, '.clarity/clarityd.log'), 'utf8')).not.toContain('can read');
    } finally {
      await runProgram('clarityctl', ['daemon', 'stop'], options);
    }
  },
);

linux.test(
  'R04b a daemon that was started with the token in its arguments replaces itself by one without',
  async () => {
    await using workspace = await temporaryWorkspace();
    await using secrets = await temporaryWorkspace();
    const own = { CLARITYD_AUTH_TOKEN: TOKEN };
    const command = [process.execPath, join(repository, 'packages/cli/bin/clarityd.js')];
    const url = `http://127.0.0.1:${String(await freePort())}`;
    // Replaces a child instead of this process.
    let child: ReturnType<typeof spawn> | undefined;
    await replaceProcess({
      command,
      argv: ['--auth-token', TOKEN, '--port', new URL(url).port],
      env: { ...own, PATH: process.env['PATH'], HOME: secrets.path, XDG_RUNTIME_DIR: secrets.path },
      token: TOKEN,
      execve: (file, [, ...args], env) =>
        (child = spawn(file, args, { env, cwd: workspace.path, stdio: ['ignore', 'pipe', 'inherit'] })),
    });
    try {
      await new Promise((resolve) => child?.stdout?.once('data', resolve));
      expect((await fetch(`${url}/api/status`)).status).toBe(401);
      expect(await readBy(workspace.path, { ...own, CLARITYD_URL: url })).not.toContain(TOKEN);
    } finally {
      child?.kill('SIGKILL');
    }
  },
);

linux.test('R04b clarityd and clarityctl read the token from a file', async () => {
  await using workspace = await temporaryWorkspace();
  await workspace.write('token', `${TOKEN}\n`);
  const file = { CLARITYD_AUTH_TOKEN_FILE: 'token' };
  await using daemon = await startClarityd({ cwd: workspace.path, argv: ['--auth-token-file', 'token'] });
  expect((await daemon.ctl('list')).exitCode).toBe(1);
  expect((await daemon.ctl('list', '--auth-token-file', 'token')).exitCode).toBe(0);
  expect(await readBy(workspace.path, { ...file, CLARITYD_URL: daemon.url })).not.toContain(TOKEN);
});
