import { afterEach, expect, test } from '@jest/globals';
import { grantOf, type Caller } from '@clarity-runtime/core';
import type { CallerResolver, RequestHead } from '../../src/guard/caller-resolver.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { modern, postModern } from '../support/mcp-client.ts';

const open: Daemon[] = [];
afterEach(async () => {
  for (const daemon of open.splice(0)) await daemon[Symbol.asyncDispose]();
});

const anna: Caller = {
  tenant: 'default',
  principal: { kind: 'user', id: 'anna' },
  credential: { kind: 'opaque', id: 'anna' },
  door: 'embedded',
  grants: [grantOf('read', 'call', 'approve', 'admin', 'operate')],
};

/** Knows one user, and records the heads of requests. */
function resolverOf(heads: RequestHead[]): CallerResolver {
  return {
    resolve: (head) => {
      heads.push(head);
      if (head.headers['x-user'] === 'anna') return Promise.resolve(anna);
      if (head.headers['x-user'] === 'banned')
        return Promise.resolve({ status: 403, message: 'the account is closed' });
      if (head.headers['x-user'] === 'broken') return Promise.reject(new Error('secret details'));
      return Promise.resolve({ status: 401, wwwAuthenticate: 'Bearer realm="example"' });
    },
  };
}

async function started(heads: RequestHead[] = [], token?: string): Promise<Daemon> {
  const daemon = await startDaemon({
    callers: resolverOf(heads),
    runtimeOptions: { controlTools: true },
    ...(token === undefined ? {} : { token }),
  });
  open.push(daemon);
  return daemon;
}

test('a resolver identifies callers of the API and of /mcp from the head of a request', async () => {
  const heads: RequestHead[] = [];
  const daemon = await started(heads);
  expect((await ask(daemon, '/api/status?x=1', { headers: { 'x-user': 'anna' } })).status).toBe(200);
  expect(heads[0]).toMatchObject({ method: 'GET', path: '/api/status', query: 'x=1', door: 'http' });
  const listed = await postModern(daemon, modern('tools/list'), { headers: { 'x-user': 'anna' } });
  expect(listed.text).toContain('runtime__list_services');
  expect(heads[1]).toMatchObject({ method: 'POST', path: '/mcp', door: 'mcp' });
});

test('T-494 without a caller of the resolver nothing else is tried: not loopback, not the operator token', async () => {
  const daemon = await started([], 'operator-token-of-the-daemon');
  const answer = await fetch(`${daemon.url}/api/status`, {
    headers: { authorization: 'Bearer operator-token-of-the-daemon' },
  });
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="example"']);
  expect((await postModern(daemon, modern('tools/list'))).status).toBe(401);
  expect(await ask(daemon, '/api/status', { headers: { 'x-user': 'banned' } })).toMatchObject({
    status: 403,
    body: { code: 'GRANT_REQUIRED', error: expect.stringContaining('the account is closed') },
  });
  const broken = await ask(daemon, '/api/status', { headers: { 'x-user': 'broken' } });
  expect(broken.status).toBe(500);
  expect(JSON.stringify(broken.body)).not.toContain('secret details');
});

test('T-494 the entry point of a resolved caller is that of the request: models never approve or administer', async () => {
  const daemon = await started();
  const headers = { 'x-user': 'anna' };
  expect((await ask(daemon, '/api/tokens', { headers })).status).toBe(200);
  const { text } = await postModern(daemon, modern('tools/list'), { headers });
  expect(text).toContain('runtime__stop_service');
  expect(text).not.toContain('runtime__apply_manifest');
  await ask(daemon, '/mcp', { headers });
});
