import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { bridgeTo } from '../support/bridge.ts';
import { childProgram } from '../support/child-program.ts';
import { startClarityd, type Clarityd } from '../support/clarityd.ts';
import { legacyRemote, modernRemote } from '../support/remote-services.ts';
import { connectStock, stdioClients, stockClients, type StockClient } from '../support/stock-clients.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

const CHILD = [process.execPath, childProgram(fileURLToPath(new URL('../support/stdio-server.ts', import.meta.url)))];
const TOKEN = 'the-token-of-the-remote';

async function using<T>(client: Promise<StockClient>, use: (client: StockClient) => Promise<T>): Promise<T> {
  const connected = await client;
  try {
    return await use(connected);
  } finally {
    await connected.close();
  }
}

const callText = (daemon: Clarityd, name: string, args: Record<string, unknown> = {}): Promise<string> =>
  using(connectStock(`${daemon.url}/mcp`), async (client) => {
    const { content, isError } = await client.call(name, args);
    return `${isError === true ? 'error: ' : ''}${content[0]?.text ?? ''}`;
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`process ${String(pid)} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('[cli.add-remote] [start.local-and-remote] [architecture.remote-is-http] [progress.remote-introspect] [progress.remote-forward] [cli.gateway-stdio] [stdio.bridge] services of all origins serve calls over HTTP and stdio', async () => {
  await using workspace = await temporaryWorkspace();
  await using modern = await modernRemote();
  await using legacy = await legacyRemote();
  await using daemon = await startClarityd({ cwd: workspace.path });
  const near = await daemon.json('add-process', 'near', '--env', 'COLOUR=blue', '--', ...CHILD);
  expect(near).toMatchObject({ ok: true, namespace: 'near', tools: ['breed', 'echo', 'steps', 'whoami'] });
  for (const [module, { url }] of Object.entries({ modern, legacy })) {
    const added = await daemon.json('add-remote', '--endpoint', url, '--module', module);
    expect(added).toMatchObject({ ok: true, namespace: module, tools: ['big', 'echo', 'hang', 'steps'] });
  }
  await workspace.write('here.clarity', 'module here\n\nfunction one() -> Int64 { 1 }\n');
  await daemon.json('add', 'here');
  const command = bridgeTo(daemon, workspace.path);
  const clients = [
    ...stockClients.map(([name, connect]) => [`${name} over HTTP`, () => connect(`${daemon.url}/mcp`)] as const),
    ...stdioClients.map(([name, connect]) => [`${name} over the bridge`, () => connect(command)] as const),
  ];
  for (const [name, connect] of clients) {
    await check(name, connect);
  }

  async function check(name: string, connect: () => Promise<StockClient>): Promise<void> {
    await using(connect(), async (client) => {
      const listed = (await client.list()).map((tool) => tool.name);
      expect([name, listed]).toEqual([name, expect.arrayContaining(['near__echo', 'modern__echo', 'legacy__echo'])]);
      expect(listed).toContain('here__fn__one');
      for (const service of ['near', 'modern', 'legacy']) {
        const echoed = await client.call(`${service}__echo`, { text: `to ${service}` });
        expect([name, echoed.content]).toEqual([name, [{ type: 'text', text: `to ${service}` }]]);
        const ticks: number[] = [];
        await client.call(`${service}__steps`, {}, ({ progress }) => ticks.push(progress));
        expect([name, service, ticks]).toEqual([name, service, [1, 2, 3]]);
      }
    });
  }
});

test('a program gets only its own variables and ends with its children when the daemon is killed', async () => {
  await using workspace = await temporaryWorkspace();
  const env = { CLARITY_REMOTE_AUTH_NEAR: TOKEN, CLARITY_TEST_OTHER: 'stays' };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  await daemon.json('add-process', 'near', '--env', 'COLOUR=blue', '--env-ref', 'KEY=near', '--', ...CHILD);
  const me = JSON.parse(await callText(daemon, 'near__whoami')) as { pid: number; env: object; cwd: string };
  expect(me).toMatchObject({ cwd: workspace.path, env: { COLOUR: 'blue', KEY: '[redacted]' } });
  if (existsSync('/proc/self/environ'))
    expect(await readFile(`/proc/${String(me.pid)}/environ`, 'utf8')).toContain(`KEY=${TOKEN}`);
  expect(
    Object.keys(me.env)
      .filter((name) => name.startsWith('CLARITY'))
      .sort(),
  ).toEqual(['CLARITY_BOOT_ID', 'CLARITY_SERVICE_ID']);
  const grandchild = Number(await callText(daemon, 'near__breed'));
  expect([isAlive(me.pid), isAlive(grandchild)]).toEqual([true, true]);
  await daemon.end('SIGKILL');
  await gone(me.pid);
  await gone(grandchild);
  await using next = await startClarityd({ cwd: workspace.path, env });
  expect(await callText(next, 'near__echo', { text: 'again' })).toBe('again');
});

test('[knob.auth-ref] [authref.legacy] [authref.env] a wrong credential makes a service UNAUTHORIZED', async () => {
  await using workspace = await temporaryWorkspace();
  await using remote = await legacyRemote(TOKEN);
  const env = { CLARITY_REMOTE_AUTH_GOOD: TOKEN, WRONG: 'something-else' };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  const add = ['add-remote', '--endpoint', remote.url, '--module', 'far'];
  const refused = await daemon.ctl(...add, '--auth-ref', 'env:WRONG');
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('did not start (UNAUTHORIZED)') });
  expect(await daemon.json('list')).toMatchObject({ items: [{ health: 'UNAUTHORIZED' }] });
  expect(await daemon.json(...add, '--auth-ref', 'good')).toMatchObject({ ok: true });
  expect(await daemon.json('list')).toMatchObject({ items: [{ health: 'HEALTHY', lifecycle: 'RUNNING' }] });
  const { stdout, stderr } = await daemon.end();
  expect(stdout + stderr + refused.stderr).not.toContain(TOKEN);
});

test('[knob.timeout-ms] [env.remote-default-timeout] a remote request ends at its timeout', async () => {
  await using workspace = await temporaryWorkspace();
  await using remote = await modernRemote();
  const env = { CLARITY_REMOTE_DEFAULT_TIMEOUT_MS: '400' };
  await using daemon = await startClarityd({ cwd: workspace.path, env });
  await daemon.json('add-remote', '--endpoint', remote.url, '--module', 'usual');
  await daemon.json('add-remote', '--endpoint', remote.url, '--module', 'own', '--timeout-ms', '300');
  expect(await callText(daemon, 'usual__hang')).toMatch(/^error: .*400/);
  expect(await callText(daemon, 'own__hang')).toMatch(/^error: .*300/);
  expect(await callText(daemon, 'own__echo', { text: 'on' })).toBe('on');
});

test('[env.remote-allowed-hosts] a host outside the list is refused with the field', async () => {
  await using workspace = await temporaryWorkspace();
  await using remote = await modernRemote();
  await using daemon = await startClarityd({
    cwd: workspace.path,
    env: { CLARITY_REMOTE_ALLOWED_HOSTS: 'example.com' },
  });
  const { exitCode, stderr } = await daemon.ctl('add-remote', '--endpoint', remote.url, '--module', 'far');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('127.0.0.1');
});

test('F16 F17 F18 F19 the daemon rejects its own address as an upstream, however it is written', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path });
  for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '[::ffff:127.0.0.1]']) {
    const endpoint = `http://${host}:${new URL(daemon.url).port}/mcp`;
    const { exitCode, stderr } = await daemon.ctl('add-remote', '--endpoint', endpoint, '--module', 'self');
    expect([host, exitCode]).toEqual([host, 1]);
    expect(stderr).toContain('the endpoint is this runtime itself');
  }
  expect((await daemon.ctl('list')).exitCode).toBe(0);
});

test('T-262 a daemon warns on stderr and in the audit when certificate checks are disabled', async () => {
  await using workspace = await temporaryWorkspace();
  await using daemon = await startClarityd({ cwd: workspace.path, env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  expect(daemon.program.stderr()).toContain('NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored');
  const { items } = (await daemon.json('audit')) as { items: { kind: string }[] };
  expect(items.map(({ kind }) => kind)).toContain('security.warned');
});
