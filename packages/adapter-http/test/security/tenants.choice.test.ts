import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { grantOf, type Runtime } from '@clarity-runtime/core';
import { ask } from '../support/http-client.ts';
import { modern, postModern } from '../support/mcp-client.ts';
import { adminOf, fill, OPERATOR, ownerOf, startTenants, type TenantDaemon } from '../support/tenants.ts';

let daemon: TenantDaemon;
let blueToken = '';
beforeAll(async () => {
  daemon = await startTenants();
  await fill(daemon.tenants.get('red') as Runtime, 'red');
  blueToken = await adminOf(daemon, 'blue');
});
afterAll(() => daemon[Symbol.asyncDispose]());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const chosen = (tenant: string, token = OPERATOR) => ({ ...bearer(token), 'x-clarity-tenant': tenant });
interface Answered {
  readonly status: number;
  readonly text: string;
}
async function send(method: string, path: string, headers: Record<string, string>): Promise<Answered> {
  const answer = await fetch(daemon.url + path, { method, headers });
  return { status: answer.status, text: await answer.text() };
}

test('T-536 only an operator of all tenants chooses a tenant; for all others each other tenant is unknown', async () => {
  expect((await send('GET', '/api/services', chosen('red'))).text).toContain('canary_red_svc');
  expect((await send('GET', '/api/services', chosen('default'))).text).not.toContain('canary');
  const narrow = await daemon.runtime.tokens.create(ownerOf('default'), {
    name: 'narrow',
    grants: [grantOf('read', 'inspect', 'operate', 'provision', 'secrets', 'approve')],
    doors: ['http', 'mcp'],
  });
  const scoped = await daemon.runtime.tokens.create(ownerOf('default'), {
    name: 'scoped',
    grants: [{ verbs: ['read', 'admin'], services: ['docs'], tools: ['*'] }],
    doors: ['http'],
  });
  const refused = await send('GET', '/api/services', chosen('none'));
  expect([refused.status, (JSON.parse(refused.text) as { code: string }).code]).toEqual([404, 'TENANT_NOT_FOUND']);
  const tries = [
    ...['red', 'none', 'default', '', '../red', 'red, red'].map((name) => chosen(name, blueToken)),
    ...['red', 'none'].flatMap((name) => [narrow.token, scoped.token].map((token) => chosen(name, token))),
  ];
  for (const headers of tries)
    for (const path of ['/api/services', '/metrics']) {
      if (path === '/metrics' && headers.authorization.includes(scoped.token)) continue;
      expect(await send('GET', path, headers)).toEqual(refused);
    }
  for (const headers of [chosen('red'), chosen('red', narrow.token), chosen('red', blueToken)])
    expect((await postModern(daemon, modern('tools/list'), { headers })).status).toBe(404);
  expect((await postModern(daemon, modern('tools/list'), { headers: chosen('blue', blueToken) })).status).toBe(200);
});

test('T-536 the routes of tenants do not exist in a tenant, and need admin on everything', async () => {
  for (const [method, path] of [
    ['GET', '/api/tenants'],
    ['POST', '/api/tenants'],
    ['DELETE', '/api/tenants/red'],
  ] as const) {
    const json = method === 'GET' ? {} : { json: { name: 'green' } };
    expect(await ask(daemon, path, { method, headers: bearer(blueToken), ...json })).toMatchObject({
      status: 404,
      body: { code: 'ROUTE_NOT_FOUND' },
    });
  }
  const { token } = await daemon.runtime.tokens.create(ownerOf('default'), {
    name: 'part',
    grants: [{ verbs: ['admin'], services: ['docs'], tools: ['*'] }],
    doors: ['http'],
  });
  expect(await ask(daemon, '/api/tenants', { headers: bearer(token) })).toMatchObject({
    status: 403,
    body: { code: 'GRANT_REQUIRED' },
  });
  expect((await ask(daemon, '/api/tenants', { headers: bearer(OPERATOR) })).body).toEqual({
    items: [
      { name: 'red', state: 'open' },
      { name: 'blue', state: 'open' },
    ],
  });
});

test('T-537 tokens with equal names of two tenants are two tokens, and one that is revoked ends alone', async () => {
  const [one, other] = [await adminOf(daemon, 'red', 'same'), await adminOf(daemon, 'blue', 'same')];
  await (daemon.tenants.get('red') as Runtime).tokens.revoke(ownerOf('red'), 'same');
  expect((await send('GET', '/api/status', bearer(one))).status).toBe(401);
  expect((await send('GET', '/api/status', bearer(other))).status).toBe(200);
});
