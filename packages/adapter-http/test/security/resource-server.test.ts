import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnsecuredJWT } from 'jose';
import { embeddedCaller, type Verb } from '@clarity-runtime/core';
import { jwtVerifier, type ResourceServerOptions } from '../../src/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { Issuer, RESOURCE as MCP } from '../support/issuer.ts';
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

/** Initializes a session and returns the status, the challenge, and the names of its tools. */
async function connect(token: string | undefined, path = '/mcp') {
  const url = `${daemon?.url ?? ''}${path}`;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const ask = (method: string, session?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { ...headers, ...(session === undefined ? {} : { 'mcp-session-id': session }) },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method,
        params:
          method === 'initialize'
            ? { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'c', version: '1' } }
            : {},
      }),
    });
  const first = await ask('initialize');
  await first.text();
  if (first.status !== 200) return { status: first.status, tools: '' };
  return { status: 200, tools: await (await ask('tools/list', first.headers.get('mcp-session-id') ?? '')).text() };
}

test('a signed token for the resource may read and call, and nothing else', async () => {
  const { runtime, ...started } = await start();
  await runtime.services.start(embeddedCaller, await started.register('calc'));
  const { status, tools } = await connect(await issuer.sign());
  expect(status).toBe(200);
  expect(tools).toContain('calc__');
  expect(tools).not.toContain('runtime__stop_service');
});

test('the scopes of a token narrow the grants of the setting, and never widen them', async () => {
  await start({ verbs: ['read', 'call', 'inspect', 'operate', 'secrets', 'approve', 'admin'] as Verb[] });
  const tools = async (scope?: string): Promise<string> =>
    (await connect(await issuer.sign(scope === undefined ? {} : { scope }))).tools;
  expect(await tools()).not.toContain('runtime__stop_service');
  expect(await tools('openid email')).not.toContain('runtime__stop_service');
  expect(await tools('mcp:read mcp:call mcp:operate')).toContain('runtime__stop_service');
  const all = await tools('mcp:read mcp:call mcp:secrets mcp:approve mcp:admin mcp:provision');
  for (const tool of ['set_auth_secret', 'register_remote', 'stop_service']) expect(all).not.toContain(tool);
});

test('a token for a service or a profile is valid there only', async () => {
  const { runtime, ...started } = await start({ audiences: ['api://clarity'] });
  await runtime.services.start(embeddedCaller, await started.register('calc'));
  const narrow = await issuer.sign({ aud: `${MCP}/calc` });
  expect((await connect(narrow, '/mcp/calc')).status).toBe(200);
  expect((await connect(narrow)).status).toBe(401);
  expect((await connect(narrow, '/mcp/profiles/calc')).status).toBe(401);
  const wide = await issuer.sign({ aud: ['other', MCP] });
  expect((await connect(wide, '/mcp/calc')).status).toBe(200);
  expect((await connect(await issuer.sign({ aud: 'api://clarity' }), '/mcp/calc')).status).toBe(200);
});

test('T-523 a token that is not of the issuer, not for the resource, or not a bearer token is refused', async () => {
  await start();
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const seconds = Math.floor(issuer.now / 1_000);
  const pem = issuer.pair.publicKey.export({ type: 'spki', format: 'pem' });
  const forged: Readonly<Record<string, string>> = {
    'alg none': new UnsecuredJWT({ iss: issuer.url, sub: 'ada', aud: MCP, exp: seconds + 600 }).encode(),
    'the public key as a secret': await issuer.sign({}, { alg: 'HS256' }, Buffer.from(pem)),
    'another key': await issuer.sign({}, {}, other.privateKey),
    'an unknown key id': await issuer.sign({}, { kid: 'k9' }, other.privateKey),
    'another audience': await issuer.sign({ aud: 'https://other.example/mcp' }),
    'an audience that only begins so': await issuer.sign({ aud: `${MCP}x` }),
    'an ID token': await issuer.sign({ aud: 'client-1' }, { typ: 'JWT' }),
    'another type': await issuer.sign({}, { typ: 'dpop+jwt' }),
    'another issuer': await issuer.sign({ iss: `${issuer.url}/` }),
    'a token that is bound to a key': await issuer.sign({ cnf: { jkt: 'x' } }),
    'an ended token': await issuer.sign({ exp: seconds - 61 }),
    'a token of tomorrow': await issuer.sign({ nbf: seconds + 86_400 }),
    'no subject': await issuer.sign({ sub: '' }),
    'three parts': 'a.b.c',
    '20 KB': `a.${'b'.repeat(20_000)}.c`.slice(0, 12_000),
  };
  const failed: string[] = [];
  for (const [name, token] of Object.entries(forged)) if ((await connect(token)).status !== 401) failed.push(name);
  expect(failed).toEqual([]);
  expect((await connect(await issuer.sign())).status).toBe(200);
});

test('T-524 no change of a byte of a token is accepted', async () => {
  await start();
  const token = await issuer.sign();
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'B', 'x', '0', '-'), async (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      // The last character of a signature has bits that are not used.
      fc.pre(changed !== token && at < token.length - 1);
      expect((await connect(changed)).status).toBe(401);
    }),
    { numRuns: 60 },
  );
});

test('T-525 tokens with unknown keys cause one request for keys in 30 seconds', async () => {
  await start();
  await connect(await issuer.sign());
  const { length } = issuer.paths;
  for (let i = 0; i < 20; i += 1) await connect(await issuer.sign({}, { kid: `unknown-${String(i)}` }));
  expect(issuer.paths).toHaveLength(length);
  issuer.now += 31_000;
  issuer.keys = () => ({ keys: [issuer.jwk('k1'), issuer.jwk('k2')] });
  expect((await connect(await issuer.sign({}, { kid: 'k2' }))).status).toBe(200);
});

test('keys stay valid for a day while the issuer is away; without keys the answer is 503, not 401', async () => {
  await start();
  issuer.status = 500;
  expect((await connect(await issuer.sign())).status).toBe(503);
  issuer.status = 200;
  issuer.now += 31_000;
  expect((await connect(await issuer.sign())).status).toBe(200);
  issuer.status = 500;
  issuer.now += 12 * 3_600_000;
  expect((await connect(await issuer.sign())).status).toBe(200);
  issuer.now += 13 * 3_600_000;
  expect((await connect(await issuer.sign())).status).toBe(503);
});

const hostile: readonly (readonly [string, (at: Issuer) => void])[] = [
  [
    'T-526 metadata of another issuer',
    (at) => (at.metadata = () => ({ issuer: 'https://evil.example', jwks_uri: `${at.url}/keys` })),
  ],
  [
    'T-526 keys at an address without TLS',
    (at) => (at.metadata = (url) => ({ issuer: url, jwks_uri: 'http://169.254.169.254/keys' })),
  ],
  ['T-526 a redirect to the metadata of a cloud', (at) => (at.status = 302)],
  ['T-526 10,000 keys', (at) => (at.keys = () => ({ keys: Array.from({ length: 10_000 }, () => at.jwk()) }))],
  ['T-526 keys of a megabyte', (at) => (at.keys = () => ({ keys: [{ ...at.jwk(), x: 'x'.repeat(1_000_000) }] }))],
];
test.each(hostile)('%s: no token is accepted, and the answer is 503', async (_name, change) => {
  change(issuer);
  await start();
  expect((await connect(await issuer.sign())).status).toBe(503);
});

test('T-527 a symmetric key in the key set signs nothing', async () => {
  const secret = Buffer.from('s'.repeat(32));
  issuer.keys = () => ({ keys: [{ kty: 'oct', k: secret.toString('base64url'), kid: 'k1', alg: 'HS256' }] });
  await start();
  expect((await connect(await issuer.sign({}, { alg: 'HS256' }, secret))).status).toBe(401);
});

test('a signed token is not valid at the API, and a session of one person is not of another', async () => {
  const { url } = await start({ verbs: ['read', 'call', 'inspect', 'operate'] });
  const token = await issuer.sign({ scope: 'mcp:read mcp:inspect' });
  const response = await fetch(`${url}/api/services`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ code: 'TOKEN_DOOR' });
});

test('the public name has metadata and a challenge that leads to it, for each endpoint', async () => {
  const { port } = await start();
  for (const path of ['/mcp', '/mcp/calc', '/mcp/profiles/work']) {
    const refused = await rawGet(port, path, 'clarity.example');
    expect(refused.status).toBe(401);
    const address = /resource_metadata="([^"]+)"/.exec(refused.header('www-authenticate') ?? '')?.[1] ?? '';
    expect(address).toBe(`https://clarity.example/.well-known/oauth-protected-resource${path}`);
    const found = await rawGet(port, new URL(address).pathname, 'clarity.example', {
      origin: 'https://claude.example',
    });
    expect(found.header('access-control-allow-origin')).toBe('*');
    expect(JSON.parse(found.body)).toMatchObject({
      resource: `https://clarity.example${path}`,
      authorization_servers: [issuer.url],
      scopes_supported: ['mcp:read', 'mcp:call'],
      bearer_methods_supported: ['header'],
    });
  }
});

test('a client of this machine gets neither metadata nor a challenge that names it', async () => {
  const { url } = await start();
  const refused = await fetch(`${url}/mcp`, { method: 'POST', body: '{}' });
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
  expect((await fetch(`${url}/.well-known/oauth-protected-resource/mcp`)).status).toBe(404);
});

test('the operator token and named tokens stay valid beside signed tokens', async () => {
  await start();
  expect((await connect('operator-token')).status).toBe(200);
  expect((await connect('operator-token.x.y')).status).toBe(401);
  expect((await connect(undefined)).status).toBe(401);
});
