import { once } from 'node:events';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { serveStdioBridge } from '@clarity-runtime/adapter-stdio';
import { daemonOf, findDaemon } from '../../src/api/find-daemon.ts';
import { homeDaemonUrl } from '../../src/daemon/home-daemon.ts';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const PATIENCE_MS = 120_000;

async function freePort(): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}

const homeOf = (folder: TemporaryFolder): string => join(folder.path, 'home');

async function ctl(folder: TemporaryFolder, argv: readonly string[], columns?: number) {
  const stdout = capture(columns);
  const stderr = capture(columns);
  const env = {
    HOME: folder.path,
    CLARITY_HOME: homeOf(folder),
    PATH: process.env['PATH'] ?? '',
    NO_COLOR: '1',
    CI: '1',
  };
  const exitCode = await runCtl({ argv, cwd: folder.path, stdout, stderr, env });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

test(
  '[first-hour.01] [first-hour.02] up starts one daemon for the home, a second up finds it, and down ends it',
  async () => {
    await using folder = await temporaryFolder();
    const { port, close } = await freePort();
    await close();
    try {
      const first = await ctl(folder, ['up', '--port', String(port)]);
      expect(first).toMatchObject({ exitCode: 0 });
      const started = JSON.parse(first.stdout) as { started: boolean; pid: number; url: string; page: string };
      expect(started).toMatchObject({ started: true, home: homeOf(folder), url: `http://127.0.0.1:${String(port)}` });
      expect((await stat(homeOf(folder))).mode & 0o777).toBe(0o700);
      // A file of a client changes nothing: without a terminal nothing is imported.
      await mkdir(join(folder.path, '.cursor'));
      await writeFile(join(folder.path, '.cursor', 'mcp.json'), '{"mcpServers":{"a":{"command":"a-mcp"}}}');
      const again = await ctl(folder, ['up'], 80);
      expect(again.stdout).toMatch(new RegExp(`^clarityd \\S+ runs already, pid ${String(started.pid)}\n`));
      for (const text of [`${started.url}/status`, `${started.url}/mcp`, 'import --dry-run']) {
        expect(again.stdout).toContain(text);
      }
      expect(JSON.parse((await ctl(folder, ['list'])).stdout)).toMatchObject({ items: [] });
      for (const line of again.stdout.split('\n').slice(0, 3)) expect(line.length).toBeLessThanOrEqual(80);
      expect(await readFile(join(homeOf(folder), 'bin', 'clarityctl'), 'utf8')).toMatch(
        /^#!\/bin\/sh\nexec '.*clarityctl\.js' "\$@"\n$/,
      );
      // Without an address and without a lock in the folder, the home has the daemon.
      expect(JSON.parse((await ctl(folder, ['status'])).stdout)).toMatchObject({ runtime: { pid: started.pid } });
      expect(await ctl(folder, ['up', '--port', '1'])).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('the daemon runs already'),
      });
      expect(await ctl(folder, ['down'], 80)).toMatchObject({
        exitCode: 0,
        stdout: `clarityd (pid ${String(started.pid)}) has ended\n`,
      });
      expect(await daemonOf(homeOf(folder))).toBeUndefined();
    } finally {
      const left = await daemonOf(homeOf(folder));
      if (left !== undefined) process.kill(left.pid, 'SIGKILL');
    }
  },
  PATIENCE_MS,
);

test(
  '[first-hour.04] of two bridges without a daemon one starts it, and both get its address',
  async () => {
    await using folder = await temporaryFolder();
    const { port, close } = await freePort();
    await close();
    const home = homeOf(folder);
    const env = { HOME: folder.path, PATH: process.env['PATH'] ?? '' };
    try {
      const urls = await Promise.all([1, 2].map(() => homeDaemonUrl({ home, env, port })));
      expect(urls.map(({ href }) => href)).toEqual([1, 2].map(() => `http://127.0.0.1:${String(port)}/`));
      expect((await homeDaemonUrl({ home, env })).port).toBe(String(port));
      const names = await Promise.all(urls.map((url) => serverNameBehind(new URL('/mcp', url))));
      expect(names).toEqual(['clarity-runtime', 'clarity-runtime']);
    } finally {
      const left = await daemonOf(home);
      if (left !== undefined) process.kill(left.pid, 'SIGKILL');
    }
  },
  PATIENCE_MS,
);

/** Returns the name that a client of a bridge gets for `initialize`. */
async function serverNameBehind(endpoint: URL): Promise<string> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveStdioBridge({ input, output, endpoint, log: () => undefined });
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  const [line] = (await once(createInterface(output), 'line')) as [string];
  input.end();
  await served;
  return (JSON.parse(line) as { result: { serverInfo: { name: string } } }).result.serverInfo.name;
}

test('up exits with 4 and names the process that has the port', async () => {
  await using folder = await temporaryFolder();
  const { port, close } = await freePort();
  const { exitCode, stderr } = await ctl(folder, ['up', '--port', String(port), '-o', 'json']);
  await close();
  expect(exitCode).toBe(4);
  const problem = JSON.parse(stderr) as { error: string };
  expect(problem).toMatchObject({ code: 'PORT_IN_USE', hint: `\`clarity-runtime up --port ${String(port + 1)}\`` });
  if (process.platform === 'linux') expect(problem.error).toContain(`is used by process ${String(process.pid)} (`);
});

test('T-443 a lock counts only if its address is of this machine and its process lives', async () => {
  await using folder = await temporaryFolder();
  const place = {
    cwd: folder.path,
    home: homeOf(folder),
    userFolder: folder.path,
    fallback: new URL('http://127.0.0.1:1'),
  };
  const runtime = join(folder.path, '.clarity', 'runtime');
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  const lockAs = (lock: object): Promise<void> => writeFile(join(runtime, 'daemon.lock'), JSON.stringify(lock));
  await lockAs({ pid: process.pid, url: 'http://127.0.0.1:5' });
  expect(await findDaemon(place)).toMatchObject({ workspace: folder.path, pid: process.pid });
  expect(await findDaemon({ ...place, cwd: join(folder.path, 'deep', 'er') })).toMatchObject({
    workspace: folder.path,
  });
  for (const lock of [
    { pid: process.pid, url: 'http://evil.example:5' },
    { pid: 2 ** 22 + 1, url: 'http://127.0.0.1:5' },
    { pid: process.pid },
    'text',
  ]) {
    await lockAs(lock as object);
    expect(await findDaemon(place)).toBeUndefined();
  }
});
