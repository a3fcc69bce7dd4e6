import { afterEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf, type Profile, type ProfileSpec } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { legacy, modern, postMcp, postModern } from '../support/mcp-client.ts';

const open: Daemon[] = [];
afterEach(async () => {
  for (const daemon of open.splice(0)) await daemon[Symbol.asyncDispose]();
});

const profileOf = (name: string, spec: Partial<ProfileSpec> = {}): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name },
  spec: { services: ['*'], ...spec },
});

async function started(): Promise<Daemon> {
  const daemon = await startDaemon({ runtimeOptions: { controlTools: true } });
  open.push(daemon);
  for (const name of ['docs', 'mail']) {
    const id = await daemon.register(name);
    await daemon.runtime.services.start(embeddedCaller, id);
  }
  await daemon.runtime.profiles.apply(embeddedCaller, profileOf('docs', { services: ['docs'] }));
  await daemon.runtime.profiles.apply(embeddedCaller, profileOf('mail', { services: ['mail'] }));
  return daemon;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const namesAt = async (daemon: Daemon, path: string, headers = {}): Promise<readonly string[]> => {
  const { message } = await postModern(daemon, modern('tools/list'), { path, headers });
  return (message?.result?.['tools'] as { name: string }[]).map(({ name }) => name);
};
const statusAt = async (daemon: Daemon, path: string, headers = {}) => {
  const { status, text } = await postModern(daemon, modern('tools/list'), { path, headers });
  return [status, (/"code":\s*"([A-Z_]+)"/.exec(text) ?? [])[1]];
};
async function tokenOf(daemon: Daemon, profile?: string): Promise<string> {
  const request = { name: `t-${profile ?? 'wide'}`, grants: [grantOf('read', 'call')], profile };
  return (await daemon.runtime.tokens.create(embeddedCaller, request)).token;
}

test('the endpoint of a profile serves its view, and an unknown profile is 404', async () => {
  const daemon = await started();
  const names = await namesAt(daemon, '/mcp/profiles/docs');
  expect(names.length).toBeGreaterThan(0);
  expect(names.every((name) => name.startsWith('docs__'))).toBe(true);
  expect(await namesAt(daemon, '/mcp/profiles/docs/')).toEqual(names);
  expect(await namesAt(daemon, '/mcp')).toEqual(expect.arrayContaining([...names, 'runtime__list_services']));
  expect(await statusAt(daemon, '/mcp/profiles/none')).toEqual([404, 'PROFILE_NOT_FOUND']);
  for (const path of ['/mcp/profiles/docs/x', '/mcp/docs/x', '/mcp/profiles//x'])
    expect(await statusAt(daemon, path)).toEqual([404, 'ROUTE_NOT_FOUND']);
});

test('T-490 case 10: a bound token has its view at /mcp too, and is 403 at every other endpoint', async () => {
  const daemon = await started();
  const headers = bearer(await tokenOf(daemon, 'docs'));
  expect(await namesAt(daemon, '/mcp', headers)).toEqual(await namesAt(daemon, '/mcp/profiles/docs', headers));
  for (const path of ['/mcp/profiles/mail', '/mcp/profiles/none', '/mcp/docs', '/mcp/mail', '/mcp/profiles'])
    expect(await statusAt(daemon, path, headers)).toEqual([403, 'PROFILE_REQUIRED']);
  expect((await ask(daemon, '/api/status', { headers })).status).toBe(403);
});

test('a token without a profile keeps its grants in one, and gets no right from it', async () => {
  const daemon = await started();
  const { token } = await daemon.runtime.tokens.create(embeddedCaller, {
    name: 'mail-only',
    grants: [{ ...grantOf('read', 'call'), services: ['mail'] }],
  });
  expect(await namesAt(daemon, '/mcp/profiles/docs', bearer(token))).toEqual([]);
  expect((await namesAt(daemon, '/mcp/profiles/mail', bearer(token))).length).toBeGreaterThan(0);
});

test('T-490 a session belongs to its profile: another endpoint does not know its id', async () => {
  const daemon = await started();
  const initialize = legacy('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'client', version: '1' },
  });
  const opened = await postMcp(daemon, initialize, { path: '/mcp/profiles/docs' });
  const headers = {
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-11-25',
  };
  const list = (path: string) => postMcp(daemon, legacy('tools/list'), { path, headers });
  expect((await list('/mcp/profiles/docs')).status).toBe(200);
  for (const path of ['/mcp', '/mcp/profiles/mail', '/mcp/docs']) expect((await list(path)).status).toBe(404);
  await daemon.runtime.profiles.apply(embeddedCaller, profileOf('docs', { services: ['mail'] }));
  expect((await list('/mcp/profiles/docs')).text).toContain('mail__');
});

test('the routes of profiles apply, show, preview and remove a profile, and name a wrong field', async () => {
  const daemon = await started();
  const json = { profile: profileOf('coding', { discovery: 'search' }) };
  expect(await ask(daemon, '/api/profiles', { method: 'POST', json })).toMatchObject({ status: 200, body: json });
  expect(await ask(daemon, '/api/profiles/coding')).toMatchObject({ body: json });
  expect((await ask(daemon, '/api/profiles')).body).toMatchObject({
    items: [{ metadata: { name: 'coding' } }, { metadata: { name: 'docs' } }, { metadata: { name: 'mail' } }],
  });
  const { body } = await ask(daemon, '/api/profiles/coding/preview');
  expect(body).toMatchObject({ profile: 'coding', discovery: 'search' });
  expect(body['listBytes']).toBeGreaterThan(0);
  const wrong = { profile: { ...json.profile, spec: { services: ['*'], toolz: [] } } };
  expect(await ask(daemon, '/api/profiles', { method: 'POST', json: wrong })).toMatchObject({ status: 400 });
  const invalid = { profile: profileOf('Coding') };
  expect(await ask(daemon, '/api/profiles', { method: 'POST', json: invalid })).toMatchObject({
    status: 400,
    body: { code: 'PROFILE_INVALID', field: 'metadata.name' },
  });
  await tokenOf(daemon, 'coding');
  expect(await ask(daemon, '/api/profiles/coding', { method: 'DELETE', json: {} })).toMatchObject({
    status: 409,
    body: { code: 'PROFILE_IN_USE' },
  });
  expect((await ask(daemon, '/api/profiles/mail', { method: 'DELETE', json: {} })).status).toBe(200);
  expect((await ask(daemon, '/api/profiles/mail')).status).toBe(404);
});
