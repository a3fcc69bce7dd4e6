import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime } from '@clarity-runtime/core';
import { expect, test } from '@jest/globals';
import { runCtl } from '../../src/programs/clarityctl-program.ts';
import { daemonProof } from '../../src/api/daemon-proof.ts';
import { exitCodeOf } from '../../src/programs/run-program.ts';
import { stockAdapters } from '../../src/index.ts';
import { capture } from '../support/capture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TOKEN = 'correct-horse-battery-staple';
const INSTANCE = '0123456789abcdef';

async function ctl(url: string, cwd: string, argv: readonly string[] = ['list']) {
  const stdout = capture();
  const stderr = capture();
  const env = { CLARITYD_URL: url, CLARITYD_AUTH_TOKEN: TOKEN };
  const exitCode = await exitCodeOf(runCtl, { argv, cwd, stdout, stderr, env });
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** A server on the port of the daemon. `answer` returns its reply to a challenge. */
async function startServer(answer: (challenge: string, port: number) => string) {
  const seen: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost');
    seen.push({ path: pathname, headers: req.headers });
    const proof = answer(searchParams.get('challenge') ?? '', port);
    res.end(JSON.stringify(pathname === '/healthz' ? { status: 'ok', proof } : { items: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    url: `http://127.0.0.1:${String(port)}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}

async function lockedFolder(url: string) {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, '.clarity', 'runtime'), { recursive: true });
  await writeFile(
    join(folder.path, '.clarity', 'runtime', 'daemon.lock'),
    JSON.stringify({ pid: 1, instance: INSTANCE, url }),
    { mode: 0o600 },
  );
  return folder;
}

test.each([
  ['says nothing', () => ''],
  ['repeats the challenge', (challenge: string) => challenge + challenge],
  [
    'does not know the instance',
    (challenge: string, port: number) => daemonProof({ instance: 'f'.repeat(16), port }, challenge),
  ],
  [
    'passes on the answer of another port',
    (challenge: string) => daemonProof({ instance: INSTANCE, port: 1 }, challenge),
  ],
])('T-243 another process on the port gets no token when it %s', async (_, answer) => {
  await using taken = await startServer(answer);
  await using folder = await lockedFolder(taken.url);
  for (const argv of [['list'], ['events', '--follow'], ['gateway', 'serve', '--stdio']]) {
    const { exitCode, stdout, stderr } = await ctl(taken.url, folder.path, argv);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is not the clarityd of this folder; the token was not sent');
  }
  expect(new Set(taken.seen.map(({ path }) => path))).toEqual(new Set(['/healthz']));
  expect(JSON.stringify(taken.seen)).not.toContain(TOKEN);
});

test('T-243 a daemon gets the token when its proof is valid or the lock file does not name it', async () => {
  await using known = await startServer((challenge, port) => daemonProof({ instance: INSTANCE, port }, challenge));
  await using other = await startServer(() => '');
  await using folder = await lockedFolder(known.url);
  expect((await ctl(known.url, folder.path)).exitCode).toBe(0);
  expect(known.seen.map(({ path }) => path)).toEqual(['/healthz', '/api/services']);
  expect((await ctl(other.url, folder.path)).exitCode).toBe(0);
  expect(other.seen.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/api/services', `Bearer ${TOKEN}`],
  ]);
});

test('T-243 the stock daemon sends a proof only for a valid challenge', async () => {
  await using folder = await temporaryFolder();
  const adapters = await stockAdapters({ workspace: folder.path });
  await using runtime = await createRuntime(adapters);
  const { prove } = adapters;
  await using server = createHttpServer(runtime, { host: '127.0.0.1', port: 0, token: TOKEN, prove });
  const { url } = await server.listen();
  await adapters.announce(url);
  expect(await ctl(url, folder.path)).toMatchObject({ exitCode: 0, stderr: '' });
  const health = async (query: string): Promise<unknown> => (await fetch(`${url}/healthz${query}`)).json();
  expect(await health(`?challenge=${'0'.repeat(32)}`)).toEqual({
    status: 'ok',
    proof: expect.stringMatching(/^[0-9a-f]{64}$/),
    instance: runtime.instance.id,
  });
  for (const query of ['', '?challenge=', '?challenge=short', `?challenge=${'x'.repeat(32)}`, '?challenge']) {
    expect(await health(query)).toEqual({ status: 'ok' });
  }
});
