import { expect, test } from '@jest/globals';
import { ClarityError } from '@clarity-runtime/core';
import type { ClientConfig, ConfigTarget, GatewayEntry } from '@clarity-runtime/core/ports';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

const CANARY = 'Canary-0b7e';

interface Done {
  readonly entry?: GatewayEntry;
  readonly target: ConfigTarget;
}

/** A client whose file contains a foreign secret; `broken` rejects every change. */
function fakeClient(client: string, done: Done[]): ClientConfig {
  const change = (action: Done) => {
    if (client === 'broken') {
      throw new ClarityError('CLIENT_CONFIG_REFUSED', '/home/u/broken.json: line 1, column 2: it is not JSON');
    }
    done.push(action);
    return {
      client,
      path: `/home/u/${client}`,
      updated: true,
      next: 'restart it',
      diff: `-${CANARY}`,
      entry: 'gateway',
    };
  };
  return {
    client,
    scopes: ['user'],
    transports: ['stdio', 'http'],
    state: () => Promise.resolve({ client, path: `/home/u/${client}`, configured: false, present: true }),
    put: async (entry, target) => Promise.resolve(change({ entry, target })),
    remove: async (target) => Promise.resolve(change({ target })),
  };
}

async function withClients(): Promise<Daemon & { readonly done: readonly Done[] }> {
  const done: Done[] = [];
  const clientConfigs = {
    clients: [fakeClient('codex', done), fakeClient('broken', done)],
    entry: (transport: 'stdio' | 'http'): GatewayEntry =>
      transport === 'http' ? { transport, url: 'http://h/mcp' } : { transport, command: 'c', args: [] },
  };
  return Object.assign(await startDaemon({ adapters: { clientConfigs } }), { done });
}

const row = { client: 'codex', updated: true, path: '/home/u/codex', next: 'restart it', entry: 'gateway' };

test('/api/bootstrap adds and removes the gateway for both transports and audits each change', async () => {
  await using daemon = await withClients();
  expect(await post(daemon, '/api/bootstrap', { clients: ['codex'] })).toMatchObject({
    status: 200,
    body: { results: [row] },
  });
  await post(daemon, '/api/bootstrap', { clients: ['codex'], transport: 'http', dry_run: true });
  const json = { clients: ['codex'] };
  expect((await ask(daemon, '/api/bootstrap', { method: 'DELETE', json })).body).toEqual({ results: [row] });
  expect(daemon.done).toEqual([
    { entry: { transport: 'stdio', command: 'c', args: [] }, target: { scope: 'user', dryRun: false } },
    { entry: { transport: 'http', url: 'http://h/mcp' }, target: { scope: 'user', dryRun: true } },
    { target: { scope: 'user', dryRun: false } },
  ]);
  expect((await daemon.audited()).filter(({ kind }) => kind.startsWith('client.'))).toMatchObject([
    { kind: 'client.configured', level: 'info', data: { client: 'codex', updated: true, path: '/home/u/codex' } },
    { kind: 'client.unconfigured' },
  ]);
});

test('D16 a client that rejects a change is a 409 with the results of the other clients', async () => {
  await using daemon = await withClients();
  const { status, body } = await post(daemon, '/api/bootstrap', { clients: ['broken', 'codex'] });
  expect([status, body['code']]).toEqual([409, 'CLIENT_CONFIG_REFUSED']);
  expect(body['results']).toEqual([
    {
      client: 'broken',
      updated: false,
      code: 'CLIENT_CONFIG_REFUSED',
      error: expect.stringContaining('line 1, column 2'),
      hint: expect.stringContaining('fix the file'),
    },
    row,
  ]);
  expect((await daemon.audited()).map(({ kind }) => kind)).toContain('client.refused');
});

test('S06 /api/bootstrap does not return other parts of a client configuration', async () => {
  await using daemon = await withClients();
  const put = await post(daemon, '/api/bootstrap', { clients: ['codex'], dry_run: true });
  const status = await ask(daemon, '/api/bootstrap/status');
  expect(JSON.stringify([put, status, await daemon.audited()])).not.toContain(CANARY);
  expect(status.body).toMatchObject({ clients: [{ client: 'codex', configured: false }, { client: 'broken' }] });
});

test.each([
  ['an unknown client', { clients: ['codex', 'emacs'] }, 'clients'],
  ['an unknown transport', { clients: ['codex'], transport: 'sse' }, 'transport'],
  ['a text in place of a list', { clients: 'codex' }, 'clients'],
  ['an unknown member', { client: ['codex'] }, 'client'],
])('%s is rejected with 400 and its field, before any file changes', async (_, json, field) => {
  await using daemon = await withClients();
  expect(await post(daemon, '/api/bootstrap', json)).toMatchObject({ status: 400, body: { field } });
  expect(daemon.done).toEqual([]);
});

test('[install.bootstrap-by-hand] no configuration is written before a request', async () => {
  await using daemon = await withClients();
  await daemon.runtime.autostart();
  expect((await post(daemon, '/api/bootstrap', {})).body).toEqual({ results: [] });
  expect(daemon.done).toEqual([]);
});
