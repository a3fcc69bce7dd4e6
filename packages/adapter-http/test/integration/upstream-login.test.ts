import { expect, test } from '@jest/globals';
import { type Caller, embeddedCaller, Secret } from '@clarity-runtime/core';
import { follow } from '../../../../test/support/oauth/server-quirks.ts';
import { loginWorld, REDIRECT, type WorldOptions } from '../support/login.ts';

test('a service that wants a login is NEEDS_LOGIN, and runs after the login without a restart', async () => {
  await using world = await loginWorld();
  const { runtime, server, upstream, id } = world;
  await runtime.services.start(embeddedCaller, id);
  expect(world.lifecycle()).toBe('NEEDS_LOGIN');
  expect(runtime.services.get(embeddedCaller, id).status).toMatchObject({
    health: 'UNAUTHORIZED',
    hint: 'run `clarityctl auth login remote`',
  });
  expect(await world.login()).toMatchObject({
    state: 'active',
    issuer: server.issuer,
    resource: upstream.endpoint,
    canRefresh: true,
  });
  expect(world.lifecycle()).toBe('RUNNING');
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
  // RFC 8707: every request names the resource byte for byte.
  expect(server.authorizations[0]?.get('resource')).toBe(upstream.endpoint);
  expect(server.tokenRequests[0]?.get('resource')).toBe(upstream.endpoint);
  expect(server.authorizations[0]?.get('code_challenge_method')).toBe('S256');
});

const places: readonly (readonly [string, WorldOptions])[] = [
  ['a challenge with the URL of the metadata', { resource: { metadata: 'elsewhere' } }],
  ['a challenge without it, by the path of the service', { resource: { challenge: 'bare' } }],
  ['a challenge without it, by the root', { resource: { challenge: 'bare', metadata: 'root' } }],
  ['a 401 without a header', { resource: { challenge: 'absent' } }],
  ['an issuer with a path, RFC 8414', { quirks: { issuerPath: '/tenant' } }],
  ['an issuer with a path, OpenID inserted', { quirks: { issuerPath: '/tenant', metadata: 'openid-inserted' } }],
  ['an issuer with a path, OpenID appended', { quirks: { issuerPath: '/tenant', metadata: 'openid-appended' } }],
  ['an OpenID provider without a path', { quirks: { metadata: 'openid-inserted' } }],
];
test.each(places)('login finds the authorization server of %s', async (_name, options) => {
  await using world = await loginWorld(options);
  await world.runtime.services.start(embeddedCaller, world.id);
  await world.login();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
});

const oddities: readonly (readonly [string, WorldOptions])[] = [
  ['tokens as a form', { quirks: { format: 'form' } }],
  ['201 for a token and no type', { quirks: { success: 201, tokenType: undefined } }],
  ['200 for a registration', { quirks: { registration: 'ok' } }],
  ['a lifetime as text', { quirks: { expiresIn: '3600' } }],
  ['no lifetime', { quirks: { expiresIn: undefined } }],
  ['an ID token that is not valid', { quirks: { idToken: 'not-a-jwt' } }],
  ['a client secret', { quirks: { registration: 'confidential' } }],
  ['no `iss` in redirects and metadata', { quirks: { iss: 'absent' } }],
  [
    'metadata without PKCE, if the manifest assumes it',
    {
      quirks: { members: { code_challenge_methods_supported: undefined } },
      auth: { type: 'oauth', assumePkce: true },
    },
  ],
  [
    'a refused resource, if the manifest omits it',
    {
      quirks: { refusesResource: true },
      auth: { type: 'oauth', resource: 'omit' },
    },
  ],
  [
    'a resource that is a URN, if the manifest names it',
    {
      resource: { resource: 'urn:example:mcp' },
      auth: { type: 'oauth', resource: 'urn:example:mcp' },
    },
  ],
  [
    'another issuer in the metadata, if the manifest names both',
    {
      quirks: { members: { issuer: 'https://template/{tenant}' } },
      auth: (server) => ({
        type: 'oauth',
        issuer: server.issuer,
        metadataUrl: `${server.origin}/.well-known/oauth-authorization-server`,
      }),
    },
  ],
  [
    'no registration, with a client of the manifest',
    {
      quirks: { registration: 'absent' },
      auth: { type: 'oauth', client: { id: 'registered' } },
    },
  ],
  [
    'a static header beside OAuth',
    {
      origin: { headers: [{ name: 'Authorization', value: 'Bearer static' }] },
      auth: { type: 'oauth' },
    },
  ],
];
test.each(oddities)('login tolerates %s', async (_name, options) => {
  await using world = await loginWorld(options);
  await world.runtime.services.start(embeddedCaller, world.id);
  expect(world.lifecycle()).toBe('NEEDS_LOGIN');
  await world.login();
  expect(await world.call()).toEqual({ isError: false, text: 'called echo' });
});

const refusals: readonly (readonly [string, WorldOptions, object])[] = [
  [
    'T-501 a metadata document of another issuer',
    { quirks: { members: { issuer: 'https://evil.example' } } },
    { code: 'LOGIN_ISSUER_MISMATCH' },
  ],
  [
    'T-501 metadata of another resource',
    { resource: { resource: 'https://other.example/mcp' } },
    { code: 'LOGIN_ISSUER_MISMATCH' },
  ],
  [
    'T-502 a server without S256',
    { quirks: { members: { code_challenge_methods_supported: ['plain'] } } },
    { code: 'LOGIN_PKCE_UNSUPPORTED' },
  ],
  [
    'T-503 an authorization endpoint that is a script',
    { quirks: { members: { authorization_endpoint: 'javascript:alert(1)' } } },
    { code: 'LOGIN_ISSUER_MISMATCH' },
  ],
  [
    'a server without registration',
    { quirks: { registration: 'absent' } },
    { code: 'LOGIN_CLIENT_NEEDED', hint: expect.stringContaining(REDIRECT) },
  ],
  [
    'a registration that is forbidden in plain text',
    { quirks: { registration: 'forbidden' } },
    { code: 'LOGIN_FAILED' },
  ],
];
test.each(refusals)('login refuses %s and sends no token request', async (_name, options, failure) => {
  await using world = await loginWorld(options);
  const begun = world.runtime.logins.begin(embeddedCaller, world.id, { redirectUri: REDIRECT });
  await expect(begun).rejects.toMatchObject({ failure });
  expect(world.server.tokenRequests).toEqual([]);
  expect(world.server.authorizations).toEqual([]);
});

const responses: readonly (readonly [string, WorldOptions, string])[] = [
  ['T-504 another issuer', { quirks: { iss: 'https://evil.example' } }, 'LOGIN_ISSUER_MISMATCH'],
  [
    'T-504 another issuer in an error',
    { quirks: { iss: 'https://evil.example', denies: { code: 'access_denied', description: 'TEXT' } } },
    'LOGIN_ISSUER_MISMATCH',
  ],
  [
    'T-504 no issuer although the metadata promises one',
    { quirks: { iss: 'absent', members: { authorization_response_iss_parameter_supported: true } } },
    'LOGIN_ISSUER_MISMATCH',
  ],
  ['a denial', { quirks: { denies: { code: 'access_denied', description: '<script>\u001b[2J' } } }, 'LOGIN_DENIED'],
];
test.each(responses)('login refuses a response with %s', async (_name, options, code) => {
  await using world = await loginWorld(options);
  const error: unknown = await world.login().catch((failed: unknown) => failed);
  expect(error).toMatchObject({ code });
  expect((error as Error).message).not.toContain(code === 'LOGIN_DENIED' ? '\u001b' : 'TEXT');
  expect(world.server.tokenRequests).toEqual([]);
});

test('T-505 a login ends once, for the caller and the state that began it', async () => {
  await using world = await loginWorld();
  const { logins } = world.runtime;
  const other: Caller = { ...embeddedCaller, principal: { kind: 'token', id: 'token:other' } };
  const first = await logins.begin(embeddedCaller, world.id, { redirectUri: REDIRECT });
  const address = await follow(first.url);
  const complete = (text: string, caller: Caller = embeddedCaller): Promise<unknown> =>
    logins.complete(caller, first.flow, new Secret(text));
  await expect(complete(address, other)).rejects.toMatchObject({ code: 'LOGIN_EXPIRED' });
  const forged = new URL(address);
  forged.searchParams.set('state', 'x'.repeat(43));
  await expect(complete(forged.href)).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
  await expect(complete(address)).rejects.toMatchObject({ code: 'LOGIN_EXPIRED' });
  expect(world.server.tokenRequests).toEqual([]);
});
