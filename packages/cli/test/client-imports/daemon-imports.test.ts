import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ImportJournal } from '@clarity-runtime/adapter-store-fs';
import type { ImportPlanReply, ImportResultReply, UndoneImportReply } from '@clarity-runtime/api-contract';
import { embeddedCaller } from '@clarity-runtime/core';
import { DaemonImports } from '../../src/client-imports/daemon-imports.ts';
import { DaemonClients } from '../../src/composition/daemon-clients.ts';
import { fakeDaemon } from '../support/fake-daemon.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const URL_OF_DAEMON = 'http://127.0.0.1:4707';
const CURSOR = '.cursor/mcp.json';
const servers = {
  github: { command: 'npx', args: ['-y', 'github-mcp'], env: { GITHUB_TOKEN: 'CANARYgithub' } },
  files: { command: 'files-mcp' },
  wiki: { url: 'https://wiki.example.com/mcp', headers: { Authorization: 'Bearer <YOUR_TOKEN>' } },
  own: { command: 'own-mcp', env: { TOKEN: '${env:CLARITYD_AUTH_TOKEN}' } },
};

/** A daemon that imports the files of a user with a configuration of Cursor. */
async function importing({ mcpProvisioning = true } = {}) {
  const folder = await temporaryFolder();
  const path = join(folder.path, CURSOR);
  await mkdir(dirname(path), { recursive: true });
  const write = (value: object) => writeFile(path, JSON.stringify(value, null, 2));
  await write({ mcpServers: servers });
  const daemon = await fakeDaemon({
    mcpProvisioning,
    imports: (runtime) =>
      new DaemonImports({
        runtime,
        journal: new ImportJournal(join(folder.path, 'state')),
        env: { HOME: folder.path, CLARITYD_AUTH_TOKEN: 'CANARYown' },
        workspace: folder.path,
        daemonUrl: () => new URL(URL_OF_DAEMON),
        clients: new DaemonClients({
          env: { HOME: folder.path },
          project: folder.path,
          daemonUrl: () => new URL(URL_OF_DAEMON),
          runtime: () => runtime,
          log: () => undefined,
        }),
      }),
  });
  const texts: string[] = [];
  const send = async (method: string, place: string, body?: object) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${daemon.url}/api/import${place}`, { method, headers, ...init });
    const text = await response.text();
    texts.push(text);
    return { status: response.status, json: JSON.parse(text) as unknown };
  };
  return {
    ...{ daemon, texts, write, send },
    plan: async (query = '') => (await send('GET', query)).json as ImportPlanReply,
    file: () => readFile(path, 'utf8'),
    tokenNames: async () =>
      (await daemon.runtime.tokens.list(embeddedCaller))
        .filter(({ state }) => state === 'active')
        .map(({ name }) => name),
    [Symbol.asyncDispose]: async () => {
      await daemon[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const namespaces = async ({ daemon }: Awaited<ReturnType<typeof importing>>) =>
  Promise.resolve(daemon.runtime.services.list(embeddedCaller).map(({ service }) => service.namespace));

test('the page plans, imports, rewires and undoes without a secret in any reply', async () => {
  await using user = await importing();
  const before = await user.file();
  const plan = await user.plan();
  expect(plan.servers.map(({ name, action }) => [name, action])).toEqual([
    ['github', 'new'],
    ['files', 'new'],
    ['wiki', 'new'],
    ['own', 'new'],
  ]);
  expect(plan).toMatchObject({ others: 0, imports: [], files: [{ client: 'cursor', servers: 4 }] });
  const { status, json } = await user.send('POST', '', {
    ...{ digest: plan.digest, except: ['files', 'own'], renamed: { github: 'code' }, rewire: true },
    answers: { wiki: { Authorization: 'CANARYanswer' } },
  });
  const result = json as ImportResultReply;
  expect([status, result]).toMatchObject([
    200,
    {
      ok: true,
      results: [
        { name: 'code', state: 'RUNNING' },
        { name: 'wiki', state: 'RUNNING' },
      ],
      rewired: [{ client: 'cursor', names: ['github', 'wiki'] }],
    },
  ]);
  const entries = JSON.parse(await user.file()) as { mcpServers: object };
  expect(Object.keys(entries.mcpServers)).toEqual(['files', 'own', 'clarity_gateway']);
  expect([await namespaces(user), await user.tokenNames()]).toEqual([['code', 'wiki'], ['client-cursor']]);
  expect(await user.file()).toContain('client-cursor');
  const next = await user.plan();
  expect(next.imports).toMatchObject([{ id: result.id, complete: true, services: ['code', 'wiki'] }]);
  const undone = await user.send('DELETE', `/${result.id}`, {});
  expect((undone.json as UndoneImportReply).ok).toBe(true);
  expect([await user.file(), await namespaces(user), await user.tokenNames()]).toEqual([before, [], []]);
  expect(user.texts.join('')).not.toContain('CANARY');
  const kinds = (await user.daemon.runtime.audit.recent(embeddedCaller, { limit: 200 })).map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['client.configured', 'client.unconfigured']));
});

test('T-540 the own token of the daemon is not read into an import', async () => {
  await using user = await importing();
  const { servers: planned } = await user.plan();
  expect(planned.find(({ name }) => name === 'own')).toMatchObject({
    secrets: [],
    needs: [{ name: 'CLARITYD_AUTH_TOKEN' }],
  });
});

test('T-541 a plan is imported only while its files and services are the same', async () => {
  await using user = await importing();
  const { digest } = await user.plan();
  await user.write({ mcpServers: { ...servers, github: { ...servers.github, env: { GITHUB_TOKEN: 'CANARYother' } } } });
  expect(await user.send('POST', '', { digest })).toMatchObject({ status: 409, json: { code: 'REVISION_CONFLICT' } });
  expect(await namespaces(user)).toEqual([]);
});

test('an import with secrets needs the grant for secrets, and changes nothing without it', async () => {
  await using user = await importing({ mcpProvisioning: false });
  const { digest } = await user.plan();
  const refused = await user.send('POST', '', { digest });
  expect(refused).toMatchObject({ status: 403, json: { code: 'GRANT_REQUIRED' } });
  expect(await namespaces(user)).toEqual([]);
  const plain = await user.send('POST', '', { digest, only: ['files'], start: false });
  expect(plain).toMatchObject({ status: 200, json: { results: [{ name: 'files', state: 'registered' }] } });
});

test.each([
  ['GET', '?clients=netscape', "unknown client 'netscape'"],
  ['GET', '?scope=world', 'scope'],
  ['DELETE', '/20260101-000000-abcd', 'does not exist'],
  ['DELETE', '/..%2f..', 'does not exist'],
])('%s %s is refused', async (method, place, message) => {
  await using user = await importing();
  const { status, json } = await user.send(method, place, method === 'DELETE' ? {} : undefined);
  expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining(message)]);
});
