import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf } from '@clarity-runtime/core';
import { jwtVerifier, type ResourceServerOptions } from '../../src/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { Issuer } from '../support/issuer.ts';
import { rawGet } from '../support/raw-request.ts';

const PUBLIC = new URL('https://clarity.example');

let issuer: Issuer;
let daemon: Daemon | undefined;
beforeEach(async () => {
  issuer = new Issuer();
  await issuer.listen();
});
afterEach(async () => {
  await daemon?.[Symbol.asyncDispose]();
  daemon = undefined;
  await issuer.stop();
});

async function start(options: Partial<ResourceServerOptions> = {}): Promise<Daemon> {
  const verifier = jwtVerifier({ issuer: issuer.url, now: () => issuer.now });
  daemon = await startDaemon({
    runtimeOptions: { controlTools: true },
    publicUrl: PUBLIC,
    requireToken: true,
    token: 'operator-token',
    resourceServer: { verifier, ...options },
  });
  return daemon;
}

/** Sends a request without a session at the public name. */
const askPublic = async (token: string, method: string, params: object = {}, path = '/mcp') => {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2025-06-18',
  };
  const reply = await rawGet(
    daemon?.port ?? 0,
    path,
    'clarity.example',
    headers,
    JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }),
  );
  return { status: reply.status, challenge: reply.header('www-authenticate'), body: reply.body };
};

test('a token without a scope that its issuer may give gets 403 with all scopes of the request', async () => {
  const { runtime, ...started } = await start({ verbs: ['read', 'call', 'operate'] });
  await runtime.services.start(embeddedCaller, await started.register('calc'));
  const metadata = 'resource_metadata="https://clarity.example/.well-known/oauth-protected-resource/mcp"';
  const reading = await issuer.sign({ scope: 'mcp:read' });
  expect(await askPublic(reading, 'tools/list')).toMatchObject({ status: 200, challenge: undefined });
  const called = await askPublic(reading, 'tools/call', { name: 'calc__fn__add', arguments: {} });
  expect(called).toMatchObject({
    status: 403,
    challenge: `Bearer error="insufficient_scope", scope="mcp:read mcp:call", ${metadata}`,
  });
  expect(JSON.parse(called.body)).toMatchObject({ id: 7, error: { message: expect.stringContaining('mcp:call') } });
  const using = await issuer.sign({ scope: 'mcp:read mcp:call' });
  const stop = { name: 'runtime__stop_service', arguments: { service_id: 'calc' } };
  expect(await askPublic(using, 'tools/call', stop)).toMatchObject({
    status: 403,
    challenge: `Bearer error="insufficient_scope", scope="mcp:read mcp:call mcp:operate", ${metadata}`,
  });
  expect(runtime.services.list(embeddedCaller)[0]?.status.lifecycle).toBe('RUNNING');
});

test('a right that no login can give is refused in band, and a client of this machine gets no challenge', async () => {
  const { url } = await start({ verbs: ['read', 'call'] });
  const token = await issuer.sign({ scope: 'mcp:read mcp:call' });
  const stop = { name: 'runtime__stop_service', arguments: { service_id: 'calc' } };
  expect(await askPublic(token, 'tools/call', stop)).toMatchObject({
    status: 200,
    challenge: undefined,
    body: expect.stringContaining('GRANT_REQUIRED'),
  });
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await issuer.sign({ scope: 'mcp:read' })}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } }),
  });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, null]);
});

test('a profile for static tokens has no metadata and refuses signed tokens; one for OAuth refuses static ones', async () => {
  const { runtime, port } = await start();
  for (const auth of ['token', 'oauth'] as const)
    await runtime.profiles.apply(embeddedCaller, {
      apiVersion: 'clarity.runtime/v1',
      kind: 'Profile',
      metadata: { name: auth },
      spec: { services: ['*'], auth },
    });
  const { token } = await runtime.tokens.create(embeddedCaller, { name: 'ci', grants: [grantOf('read', 'call')] });
  const signed = await issuer.sign();
  const known = '/.well-known/oauth-protected-resource/mcp/profiles';
  expect((await rawGet(port, `${known}/token`, 'clarity.example')).status).toBe(404);
  expect((await rawGet(port, `${known}/oauth`, 'clarity.example')).status).toBe(200);
  const at = (credential: string, path: string) => askPublic(credential, 'tools/list', {}, `/mcp/profiles/${path}`);
  expect(await at(token, 'token')).toMatchObject({ status: 200 });
  expect(await at(signed, 'token')).toMatchObject({ status: 401, challenge: 'Bearer' });
  expect(await at(signed, 'oauth')).toMatchObject({ status: 200 });
  expect(await at(token, 'oauth')).toMatchObject({
    status: 401,
    challenge: expect.stringContaining('oauth-protected-resource/mcp/profiles/oauth'),
  });
  expect((await rawGet(port, '/mcp/profiles/token', 'clarity.example')).header('www-authenticate')).toBe('Bearer');
});
