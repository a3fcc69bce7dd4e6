import { expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { loginWorld } from '../support/login.ts';
import { until } from '../support/until.ts';

test('50 calls that meet an ended access token renew it once, and all succeed', async () => {
  await using world = await loginWorld();
  await world.login();
  world.server.expireAccessTokens();
  const results = await Promise.all(Array.from({ length: 50 }, () => world.call()));
  expect(results.filter(({ isError }) => isError)).toEqual([]);
  expect(world.server.count('refresh_token')).toBe(1);
});

test('T-506 a revoked login ends in NEEDS_LOGIN with one event, and the next login brings the calls back', async () => {
  await using world = await loginWorld();
  await world.login();
  world.server.revokeAll();
  const results = await Promise.all(Array.from({ length: 10 }, () => world.call()));
  expect(results.every(({ isError }) => isError)).toBe(true);
  expect(results[0]?.text).toContain('clarityctl auth login remote');
  await until(() => world.lifecycle() === 'NEEDS_LOGIN');
  for (let i = 0; i < 5; i += 1) expect((await world.call()).text).toContain('clarityctl auth login remote');
  expect(world.server.count('refresh_token')).toBe(1);
  expect(await world.events('login.required')).toBe(1);
  await world.login();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
});

test('an authorization server that is away is not a reason to log in', async () => {
  await using world = await loginWorld();
  await world.login();
  world.server.quirks.gateway = { status: 403, body: '<html>SECRET PAGE</html>' };
  world.server.expireAccessTokens();
  const failed = await world.call();
  expect(failed).toMatchObject({ isError: true });
  expect(failed.text).not.toContain('SECRET PAGE');
  expect(world.lifecycle()).toBe('RUNNING');
  world.server.quirks.gateway = undefined;
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
});

test('a service that needs a scope names the command, and the next login asks for the old and the new scopes', async () => {
  await using world = await loginWorld({ resource: { scopes: ['base'], callScope: 'write' } });
  await world.login();
  const refused = await world.call();
  expect(refused.text).toContain('clarityctl auth login remote --scope write');
  await world.login();
  expect(world.server.authorizations.at(-1)?.get('scope')?.split(' ').sort()).toEqual(['base', 'write']);
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
});

test('a scope that the registered client did not name gets another client, and the former login stays until then', async () => {
  await using world = await loginWorld({
    resource: { scopes: ['base'], callScope: 'write' },
    quirks: { checksScopes: true },
  });
  await world.login();
  await world.login();
  expect(world.server.registrations).toHaveLength(1);
  await world.call();
  world.server.quirks.denies = { code: 'access_denied', description: '' };
  await expect(world.login()).rejects.toMatchObject({ code: 'LOGIN_DENIED' });
  world.server.quirks.denies = undefined;
  world.server.expireAccessTokens();
  // The former client renews the former login.
  expect((await world.call()).text).toContain('--scope write');
  expect(world.server.tokenRequests.at(-1)?.get('client_id')).toBe('client-1');
  await world.login();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  expect(world.server.registrations.map(({ scope }) => scope)).toEqual(['base', 'base write']);
});

test('a renewal names the scopes that were granted, not those that were requested', async () => {
  await using world = await loginWorld({
    resource: { scopes: ['base', 'write'] },
    quirks: { checksScopes: true, scopes: 'base' },
  });
  await world.login();
  world.server.expireAccessTokens();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  expect(world.server.tokenRequests.at(-1)?.get('scope')).toBe('base');
});

test('`offline_access` is requested with consent, which OpenID servers need for a refresh token', async () => {
  await using world = await loginWorld({ quirks: { members: { scopes_supported: ['offline_access'] } } });
  await world.login();
  expect(world.server.authorizations[0]?.get('scope')).toBe('offline_access');
  expect(world.server.authorizations[0]?.get('prompt')).toBe('consent');
});

test('a login of a running service does not end its calls in flight', async () => {
  await using world = await loginWorld();
  await world.login();
  let answer: (value?: unknown) => void = () => undefined;
  world.upstream.quirks.answersAfter = new Promise((resolve) => (answer = resolve));
  const inFlight = world.call();
  await until(() => world.upstream.methods.includes('tools/call'));
  await world.login();
  world.upstream.quirks.answersAfter = undefined;
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  answer();
  expect(await inFlight).toEqual({ isError: false, text: 'called echo' });
});

test('client credentials need no person', async () => {
  await using world = await loginWorld({ auth: { type: 'client_credentials', client: { id: 'machine' } } });
  await world.runtime.services.start(embeddedCaller, world.id);
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  world.server.expireAccessTokens();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  expect(world.server.count('client_credentials')).toBe(2);
});

test('a logout revokes both tokens and stops the service', async () => {
  await using world = await loginWorld();
  await world.login();
  expect(await world.runtime.logins.logout(embeddedCaller, world.id)).toBe(true);
  expect(world.server.revoked.map((token) => token.split('-')[0])).toEqual(['refresh', 'access']);
  expect(world.lifecycle()).toBe('NEEDS_LOGIN');
});

test('T-507 no token, code or verifier of a login is in events, status or reports', async () => {
  await using world = await loginWorld({ quirks: { registration: 'confidential' } });
  await world.login();
  world.server.expireAccessTokens();
  await world.call();
  world.server.revokeAll();
  await world.call();
  const { runtime, id, server } = world;
  const seen = JSON.stringify([
    await runtime.audit.recent(embeddedCaller, { limit: 500 }),
    await runtime.logins.report(embeddedCaller),
    runtime.services.get(embeddedCaller, id),
    await runtime.audit.logs(embeddedCaller, id, 500),
  ]);
  expect(server.secrets.length).toBeGreaterThan(4);
  expect(server.secrets.filter((secret) => seen.includes(secret))).toEqual([]);
});
