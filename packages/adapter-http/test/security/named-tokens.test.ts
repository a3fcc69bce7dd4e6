import { afterEach, expect, test } from '@jest/globals';
import { GRANTS, routes } from '@clarity-runtime/api-contract';
import { embeddedCaller, grantOf, type TokenDoor, type Verb } from '@clarity-runtime/core';
import { startDaemon, type Daemon, type DaemonOptions } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { modern, postModern } from '../support/mcp-client.ts';
import { raw } from '../support/raw-client.ts';

const OPERATOR = 'correct-horse-battery-staple';
const open: Daemon[] = [];
afterEach(async () => {
  for (const daemon of open.splice(0)) await daemon[Symbol.asyncDispose]();
});

async function daemonWith(options: DaemonOptions = {}): Promise<Daemon> {
  const daemon = await startDaemon({ token: OPERATOR, runtimeOptions: { controlTools: true }, ...options });
  open.push(daemon);
  return daemon;
}

async function tokenOf(daemon: Daemon, verbs: readonly Verb[], doors?: readonly TokenDoor[]): Promise<string> {
  const grants = [grantOf(...verbs)];
  const name = `t${String((await daemon.runtime.tokens.list(embeddedCaller)).length)}`;
  return (await daemon.runtime.tokens.create(embeddedCaller, { name, grants, doors })).token;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const list = async (daemon: Daemon, headers: Record<string, string>) =>
  postModern(daemon, modern('tools/list'), { headers });

test('T-464 a named token opens /mcp as bearer and as x-clarity-token, and neither /api nor /metrics', async () => {
  const daemon = await daemonWith();
  const token = await tokenOf(daemon, ['read', 'call']);
  for (const headers of [bearer(token), { 'x-clarity-token': token }]) {
    expect((await list(daemon, headers)).status).toBe(200);
    for (const path of ['/api/status', '/metrics'])
      expect(await ask(daemon, path, { headers })).toMatchObject({ status: 403, body: { code: 'TOKEN_DOOR' } });
  }
  const events = (await daemon.audited()).filter(({ kind }) => kind === 'auth.failed');
  expect(events[0]).toMatchObject({ data: { reason: 'token door' } });
  expect(JSON.stringify(events)).not.toContain(token);
});

test('case 4: a token of the API does not open /mcp, and one of metrics opens metrics alone', async () => {
  const daemon = await daemonWith();
  const [http, metrics] = [await tokenOf(daemon, ['read'], ['http']), await tokenOf(daemon, ['read'], ['metrics'])];
  expect((await list(daemon, bearer(http))).status).toBe(403);
  expect((await ask(daemon, '/api/status', { headers: bearer(http) })).status).toBe(200);
  expect((await ask(daemon, '/api/status', { headers: bearer(metrics) })).status).toBe(403);
  expect((await fetch(`${daemon.url}/metrics`, { headers: bearer(metrics) })).status).toBe(200);
});

test('a token that is unknown, changed or revoked is 401, also where no token is required', async () => {
  for (const options of [{}, { token: undefined }] as const) {
    const daemon = await daemonWith(options as DaemonOptions);
    const token = await tokenOf(daemon, ['read', 'call'], ['mcp', 'http']);
    expect((await list(daemon, bearer(token))).status).toBe(200);
    await daemon.runtime.tokens.revoke(embeddedCaller, 't0');
    for (const text of [token, `${token.slice(0, -1)}x`, 'clr_', `clr_${'a'.repeat(4_000)}`]) {
      expect((await list(daemon, bearer(text))).status).toBe(401);
      expect(await ask(daemon, '/api/status', { headers: bearer(text) })).toMatchObject({
        status: 401,
        body: { code: 'TOKEN_INVALID' },
      });
    }
  }
});

test('the operator token keeps both entry points in both headers, and loopback alone does not pass', async () => {
  const daemon = await daemonWith();
  for (const headers of [bearer(OPERATOR), { 'x-clarity-token': OPERATOR }]) {
    expect((await ask(daemon, '/api/status', { headers })).status).toBe(200);
    expect((await list(daemon, headers)).status).toBe(200);
  }
  expect(await ask(daemon, '/api/status')).toMatchObject({ status: 401, body: { code: 'TOKEN_REQUIRED' } });
  expect((await list(daemon, {})).status).toBe(401);
  expect((await ask(daemon, '/api/status', { headers: bearer('wrong') })).body).toMatchObject({
    code: 'TOKEN_REQUIRED',
  });
});

/** A valid path of a route. */
const pathOf = (path: string, id: string): string => path.replace(':id', encodeURIComponent(id));

test('T-460 a token with read and call is refused by every route that needs another grant, and changes nothing', async () => {
  const daemon = await daemonWith();
  const id = await daemon.register('calc');
  const token = await tokenOf(daemon, ['read', 'call'], ['mcp', 'http']);
  const before = JSON.stringify(
    daemon.runtime.services.list(embeddedCaller).map(({ service, status }) => [service, status]),
  );
  const all = Object.values(routes).filter(({ path }) => path !== '/api/session');
  const others = all.filter(({ grant }) => grant !== 'read' && grant !== 'call');
  expect(all.filter(({ grant, method }) => grant === 'read' && method !== 'GET')).toEqual([]);
  expect(others.length).toBeGreaterThan(30);
  for (const { method, path, grant } of others) {
    const body = method === 'GET' ? {} : { json: {} };
    const answer = await ask(daemon, pathOf(path, id), { method, headers: bearer(token), ...body });
    expect([method, path, grant, answer.status, answer.body['code']]).toEqual([
      method,
      path,
      grant,
      403,
      'GRANT_REQUIRED',
    ]);
  }
  expect(
    JSON.stringify(daemon.runtime.services.list(embeddedCaller).map(({ service, status }) => [service, status])),
  ).toBe(before);
  const denied = (await daemon.audited()).filter(({ kind }) => kind === 'security.denied');
  expect(denied.length).toBeGreaterThan(0);
});

test('T-460 no method of a route serves a token that its table does not allow', async () => {
  const daemon = await daemonWith();
  const id = await daemon.register('calc');
  const token = await tokenOf(daemon, ['read', 'call'], ['mcp', 'http']);
  for (const { path } of Object.values(routes))
    for (const method of ['POST', 'DELETE', 'PUT', 'PATCH']) {
      const { status } = await ask(daemon, pathOf(path, id), { method, headers: bearer(token), json: {} });
      expect([method, path, status >= 400]).toEqual([method, path, true]);
    }
  expect(daemon.runtime.services.list(embeddedCaller)).toHaveLength(1);
});

test('T-461 a token with every grant cannot approve or administer at /mcp, and provisions only behind the switch', async () => {
  const daemon = await daemonWith();
  const token = await tokenOf(daemon, GRANTS, ['mcp']);
  const names = ((await list(daemon, bearer(token))).message?.result?.['tools'] as { name: string }[]).map(
    ({ name }) => name,
  );
  expect(names).toContain('runtime__stop_service');
  expect(names.filter((name) => /register|apply|set_auth|delete_auth|bootstrap/.test(name))).toEqual([]);
  const opened = await daemonWith({ mcpProvisioning: true });
  const other = await tokenOf(opened, GRANTS, ['mcp']);
  const more = ((await list(opened, bearer(other))).message?.result?.['tools'] as { name: string }[]).map(
    ({ name }) => name,
  );
  expect(more).toContain('runtime__apply_manifest');
});

test('case 5: revoking a token ends its open stream within a second', async () => {
  const daemon = await daemonWith();
  const token = await tokenOf(daemon, ['read', 'inspect'], ['http']);
  const answer = await fetch(`${daemon.url}/api/events`, { headers: bearer(token) });
  const reader = answer.body?.getReader();
  await reader?.read();
  const ended = (async () => {
    for (;;) if ((await reader?.read())?.done !== false) return 'ended';
  })().catch(() => 'ended');
  await daemon.runtime.tokens.revoke(embeddedCaller, 't0');
  const started = performance.now();
  expect(await ended).toBe('ended');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('the rate of a grant applies to the calls of its token over all services', async () => {
  const daemon = await daemonWith();
  for (const module of ['a', 'b']) await daemon.runtime.services.start(embeddedCaller, await daemon.register(module));
  const grants = [{ ...grantOf('read', 'call'), limits: { perMinute: 2, burst: 2 } }];
  const { token } = await daemon.runtime.tokens.create(embeddedCaller, { name: 'slow', grants });
  const call = async (name: string) =>
    (await postModern(daemon, modern('tools/call', { name, arguments: {} }), { headers: bearer(token) })).text;
  expect(await call('a__add')).not.toContain('QUOTA_EXCEEDED');
  expect(await call('b__add')).not.toContain('QUOTA_EXCEEDED');
  expect(await call('a__add')).toContain('QUOTA_EXCEEDED');
});

test.each([
  'Forwarded',
  'Via',
  'X-Forwarded-For',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'CF-Connecting-IP',
  'True-Client-IP',
])(
  'R05 T-462 without a token a local request with %s is refused at every entry point, in any case of letters',
  async (name) => {
    const daemon = await daemonWith({ token: undefined } as unknown as DaemonOptions);
    for (const target of ['/api/status', '/mcp', '/metrics'])
      for (const header of [name, name.toLowerCase(), name.toUpperCase()]) {
        const { status, body } = await raw(daemon.port, {
          target,
          headers: { Host: 'localhost', [header]: 'for=192.0.2.1' },
        });
        expect([target, status]).toEqual([target, 403]);
        expect(JSON.parse(body)).toMatchObject({ code: 'LOOPBACK_REQUIRED' });
      }
    const token = await tokenOf(daemon, ['read'], ['http']);
    const headers = { Host: 'localhost', [name]: 'for=192.0.2.1', Authorization: `Bearer ${token}` };
    expect((await raw(daemon.port, { target: '/api/status', headers })).status).toBe(200);
  },
);

test('T-462 with requireToken a local request needs a credential', async () => {
  const daemon = await daemonWith({ token: undefined, requireToken: true } as unknown as DaemonOptions);
  expect(await ask(daemon, '/api/status')).toMatchObject({ status: 401, body: { code: 'TOKEN_REQUIRED' } });
  const token = await tokenOf(daemon, ['read'], ['http']);
  expect((await ask(daemon, '/api/status', { headers: bearer(token) })).status).toBe(200);
});

test('tokens are created, listed, rotated and revoked over the API; no list has a secret', async () => {
  const daemon = await daemonWith();
  const headers = bearer(OPERATOR);
  const grants = [{ verbs: ['read', 'call'], services: ['docs'], tools: ['search*'] }];
  const made = await ask(daemon, '/api/tokens', { method: 'POST', headers, json: { name: 'ci', grants } });
  expect(made).toMatchObject({
    status: 200,
    body: { record: { name: 'ci', state: 'active', grants, doors: ['mcp'] } },
  });
  const token = String(made.body['token']);
  expect((await list(daemon, bearer(token))).status).toBe(200);
  expect(await ask(daemon, '/api/tokens', { method: 'POST', headers, json: { name: 'ci', grants } })).toMatchObject({
    status: 409,
    body: { code: 'TOKEN_NAME_TAKEN' },
  });
  const shown = await ask(daemon, '/api/tokens', { headers });
  expect(shown.body).toMatchObject({ items: [{ name: 'ci', lastUsedAt: expect.any(String) }] });
  expect(JSON.stringify(shown.body)).not.toContain(token.slice(13, 50));
  const rotated = await ask(daemon, '/api/tokens/ci/rotate', { method: 'POST', headers, json: { overlapSeconds: 0 } });
  expect((await list(daemon, bearer(token))).status).toBe(401);
  expect((await list(daemon, bearer(String(rotated.body['token'])))).status).toBe(200);
  expect(await ask(daemon, '/api/tokens/ci', { method: 'DELETE', headers })).toMatchObject({
    status: 200,
    body: { record: { state: 'revoked' } },
  });
  expect(await ask(daemon, '/api/tokens/none', { method: 'DELETE', headers })).toMatchObject({ status: 404 });
  const events = (await daemon.audited()).filter(({ kind }) => kind.startsWith('token.'));
  expect(events.map(({ kind }) => kind)).toEqual(['token.created', 'token.rotated', 'token.revoked']);
});
