import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createHttpServer } from '@clarity-runtime/adapter-http';
import { createRuntime, embeddedCaller, grantOf, type Runtime } from '@clarity-runtime/core';
import { DaemonClients } from '../../src/composition/daemon-clients.ts';
import { TokenFile } from '../../src/composition/token-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Daemon extends AsyncDisposable {
  readonly runtime: Runtime;
  readonly home: string;
  readonly log: readonly string[];
  send(method: string, body: object, token?: string): Promise<{ status: number; text: string }>;
  states(): Promise<readonly string[]>;
  textOf(name: string): Promise<string | undefined>;
}

async function daemonWithClients(): Promise<Daemon> {
  const folder = await temporaryFolder();
  const log: string[] = [];
  let url = 'http://127.0.0.1:1';
  const clientConfigs = new DaemonClients({
    env: { HOME: folder.path },
    project: join(folder.path, 'project'),
    daemonUrl: () => new URL(url),
    runtime: () => runtime,
    log: (line) => log.push(line),
  });
  const runtime: Runtime = await createRuntime({ clientConfigs });
  const server = createHttpServer(runtime, { host: '127.0.0.1', port: 0 });
  ({ url } = await server.listen());
  return {
    ...{ runtime, home: folder.path, log },
    send: async (method, body, token) => {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const headers = { 'content-type': 'application/json', ...authorization };
      const answer = await fetch(`${url}/api/bootstrap`, { method, headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    },
    states: async () =>
      (await runtime.tokens.list(embeddedCaller)).map(({ name, state, grants }) =>
        [name, state, ...(grants[0]?.verbs ?? [])].join(' '),
      ),
    textOf: (name) => new TokenFile({ HOME: folder.path }).find({ daemon: new URL(url) }, name),
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await runtime.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('POST /api/bootstrap gives a client an entry with a token of its own, and its removal revokes the token', async () => {
  await using daemon = await daemonWithClients();
  expect(await daemon.send('POST', { clients: ['codex'] })).toMatchObject({ status: 200 });
  const entry = await readFile(join(daemon.home, '.codex/config.toml'), 'utf8');
  const token = (await daemon.textOf('client-codex')) ?? '';
  expect([entry.includes('"--as", "client-codex"'), entry.includes('clr_')]).toEqual([true, false]);
  expect(daemon.runtime.tokens.authenticate(token)).toMatchObject({ principal: { id: 'token:client-codex' } });
  // The second request changes neither the entry nor the token.
  expect((await daemon.send('POST', { clients: ['codex'] })).text).toContain('"updated": false');
  expect(await daemon.textOf('client-codex')).toBe(token);
  const project = { clients: ['codex'], scope: 'project' };
  expect(await daemon.send('POST', project)).toMatchObject({ status: 200 });
  await daemon.send('DELETE', { clients: ['codex'] });
  // The entry of the project uses it.
  expect(daemon.runtime.tokens.authenticate(token)).toBeDefined();
  await daemon.send('DELETE', project);
  expect([daemon.runtime.tokens.authenticate(token), await daemon.textOf('client-codex'), daemon.log]).toEqual([
    undefined,
    undefined,
    [],
  ]);
});

test('a dry run, an entry for HTTP and a file that cannot be edited create no token', async () => {
  await using daemon = await daemonWithClients();
  const shown = await daemon.send('POST', { clients: ['codex'], dry_run: true });
  expect(shown.text).toContain('client-codex');
  await daemon.send('POST', { clients: ['claude'], transport: 'http' });
  const broken = join(daemon.home, '.cursor/mcp.json');
  await mkdir(dirname(broken), { recursive: true });
  await writeFile(broken, '{ not JSON');
  expect(await daemon.send('POST', { clients: ['cursor'] })).toMatchObject({ status: 409 });
  expect(await daemon.states()).toEqual([]);
});

test('the token of a client permits nothing that the caller may not, and is not in the response', async () => {
  await using daemon = await daemonWithClients();
  const grants = [grantOf('provision', 'inspect', 'read', 'call')];
  const { token } = await daemon.runtime.tokens.create(embeddedCaller, { name: 'ops', grants, doors: ['http'] });
  const { status, text } = await daemon.send('POST', { clients: ['codex'] }, token);
  expect([status, text.includes('clr_')]).toEqual([200, false]);
  expect(await daemon.states()).toContain('client-codex active read call inspect');
});

test('a token file that is damaged is reported, and the entry has no token', async () => {
  await using daemon = await daemonWithClients();
  const path = join(daemon.home, '.config/clarity/tokens.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '[]');
  expect(await daemon.send('POST', { clients: ['codex'] })).toMatchObject({ status: 200 });
  expect(await readFile(join(daemon.home, '.codex/config.toml'), 'utf8')).not.toContain('--as');
  expect([daemon.log, await readFile(path, 'utf8')]).toEqual([[expect.stringContaining('has no token')], '[]']);
});
