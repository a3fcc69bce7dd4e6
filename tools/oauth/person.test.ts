import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LoginPlace } from './login-place.ts';

let place: LoginPlace;
beforeAll(async () => {
  place = await LoginPlace.start();
  await place.daemon.ctl('add', place.upstream.endpoint, '--module', 'remote');
});
afterAll(() => place[Symbol.asyncDispose]());

const call = (): Promise<string> => place.call('remote__echo');

async function eventCount(kind: string): Promise<number> {
  const reply = await fetch(`${place.daemon.url}/api/audit?limit=500`);
  const { items } = (await reply.json()) as { items: { kind: string }[] };
  return items.filter((event) => event.kind === kind).length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the condition never became true');
}

test('a person logs in through the browser flow, with PKCE, the resource and a registered client', async () => {
  expect(await place.lifecycle('remote')).toBe('NEEDS_LOGIN');
  const { exitCode, stdout, stderr } = await place.login('remote');
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain('"state": "active"');
  expect(await call()).toBe('called echo');
  const { registrations, authorizations, tokenRequests } = await place.peer.log();
  expect(registrations).toMatchObject([{ application_type: 'native', token_endpoint_auth_method: 'none' }]);
  const resource = place.upstream.endpoint;
  expect(authorizations).toMatchObject([{ code_challenge_method: 'S256', resource }]);
  expect(tokenRequests).toMatchObject([{ grant_type: 'authorization_code', resource }]);
  const state = { state: 'active', issuer: place.peer.issuer, resource, canRefresh: true };
  expect(await place.state('remote')).toMatchObject(state);
});

test('an ended access token is renewed once with a rotated refresh token, and all calls succeed', async () => {
  const before = (await place.peer.log()).tokenRequests.length;
  for (let round = 1; round <= 2; round += 1) {
    await place.peer.expire(place.upstream.tokens);
    const calls = await Promise.all(Array.from({ length: 10 }, call));
    expect(new Set(calls)).toEqual(new Set(['called echo']));
  }
  const { tokenRequests, refreshTokens } = await place.peer.log();
  const renewals = tokenRequests.slice(before);
  expect(renewals).toMatchObject([{ grant_type: 'refresh_token' }, { grant_type: 'refresh_token' }]);
  expect(renewals.some(({ failed }) => failed !== undefined)).toBe(false);
  expect(new Set(refreshTokens.map(({ token }) => token)).size).toBe(refreshTokens.length);
});

test('a login of a running service does not interrupt its calls in flight', async () => {
  let answer: (value?: unknown) => void = () => undefined;
  place.upstream.quirks.answersAfter = new Promise((resolve) => (answer = resolve));
  const before = place.upstream.methods.filter((method) => method === 'tools/call').length;
  const inFlight = call();
  await until(() =>
    Promise.resolve(place.upstream.methods.filter((method) => method === 'tools/call').length > before),
  );
  expect(await place.login('remote')).toMatchObject({ exitCode: 0 });
  place.upstream.quirks.answersAfter = undefined;
  answer();
  expect(await inFlight).toBe('called echo');
  expect(await call()).toBe('called echo');
});

test('a tool that needs a scope names the command, and the call works after that command', async () => {
  place.upstream.quirks.callScope = 'mcp:write';
  const refused = await call();
  expect(refused).toContain('`clarityctl auth login remote --scope mcp:write`');
  expect(await place.login('remote', '--scope', 'mcp:write')).toMatchObject({ exitCode: 0 });
  expect(await call()).toBe('called echo');
  const { scopes } = (await place.state('remote')) as { scopes: string[] };
  expect(scopes).toEqual(expect.arrayContaining(['mcp:read', 'mcp:write']));
  place.upstream.quirks.callScope = undefined;
});

test('a stolen refresh token ends the login at the server, and one message asks for the next login', async () => {
  const { refreshTokens } = await place.peer.log();
  const before = await eventCount('login.required');
  const stolen = refreshTokens.at(-1) ?? { token: '', clientId: '' };
  const given = { grant_type: 'refresh_token', refresh_token: stolen.token, client_id: stolen.clientId };
  expect((await place.peer.token(given)).status).toBe(200);
  await place.peer.expire(place.upstream.tokens);
  const calls = await Promise.all(Array.from({ length: 10 }, call));
  expect(calls.every((text) => text.includes('clarityctl auth login remote'))).toBe(true);
  await until(async () => (await place.lifecycle('remote')) === 'NEEDS_LOGIN');
  expect((await eventCount('login.required')) - before).toBe(1);
  const { tokenRequests } = await place.peer.log();
  expect(tokenRequests.at(-1)).toMatchObject({ failed: 'invalid_grant', detail: 'refresh token already used' });
});

test('a person logs in by pasting the address of the redirect', async () => {
  expect(await place.pasteLogin('remote')).toMatchObject({ exitCode: 0 });
  expect(await call()).toBe('called echo');
});

test('a person who withdraws the rights at the server is asked to log in again', async () => {
  await place.peer.withdraw(place.upstream.tokens);
  expect(await call()).toContain('clarityctl auth login remote');
  await until(async () => (await place.lifecycle('remote')) === 'NEEDS_LOGIN');
  expect(await place.state('remote')).toMatchObject({ state: 'needed' });
  expect(await place.login('remote')).toMatchObject({ exitCode: 0 });
  expect(await call()).toBe('called echo');
});

test('a person who denies the login is told so, and the former login stays', async () => {
  await place.peer.set({ denies: true });
  const { exitCode, stderr } = await place.login('remote');
  await place.peer.set({ denies: false });
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('error: the authorization server refused the login');
  expect(await call()).toBe('called echo');
});

test('auth logout revokes both tokens', async () => {
  const token = place.upstream.tokens.at(-1) ?? '';
  expect(await place.peer.introspect(token)).toMatchObject({ resource: place.upstream.endpoint });
  expect(await place.daemon.json('auth', 'logout', 'remote')).toMatchObject({ loggedOut: true });
  expect(await place.peer.introspect(token)).toBeUndefined();
  const { revocations, refreshTokens } = await place.peer.log();
  expect(revocations).toEqual([refreshTokens.at(-1)?.token, token]);
  expect(await place.lifecycle('remote')).toBe('NEEDS_LOGIN');
  expect(await place.state('remote')).toMatchObject({ state: 'needed' });
});

test('no token, code or verifier of all these logins is in the files, the events or the output of the daemon', async () => {
  const { refreshTokens, tokenRequests } = await place.peer.log();
  const secrets = [
    ...refreshTokens.map(({ token }) => token),
    ...place.upstream.tokens,
    ...tokenRequests.flatMap(({ code, code_verifier: verifier }) => [code, verifier]),
  ].filter((text): text is string => text !== undefined && text !== '');
  expect(secrets.length).toBeGreaterThan(10);
  const entries = await readdir(place.workspace.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const stored = await Promise.all(files.map((file) => readFile(file, 'latin1')));
  const texts = [...stored, place.daemon.program.stdout(), place.daemon.program.stderr()].join('');
  expect(secrets.filter((secret) => texts.includes(secret))).toEqual([]);
});
