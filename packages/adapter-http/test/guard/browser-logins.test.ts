import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHttpServer, type HttpServerOptions } from '../../src/index.ts';
import { follow, type Quirks } from '../../../../test/support/oauth/server-quirks.ts';
import { loginWorld, type LoginWorld } from '../support/login.ts';

interface Place extends AsyncDisposable {
  readonly world: LoginWorld;
  readonly url: string;
  /** Begins a login as the page does. Returns its address and the cookie of the browser. */
  begin(): Promise<{ readonly url: string; readonly cookie: string; readonly attributes: string }>;
  open(address: string, cookie?: string, method?: string): Promise<{ readonly status: number; readonly text: string }>;
}

async function place(options: Partial<HttpServerOptions> = {}, quirks: Partial<Quirks> = {}): Promise<Place> {
  const world = await loginWorld({ quirks });
  const server = createHttpServer(world.runtime, { host: '127.0.0.1', port: 0, ...options });
  const { url } = await server.listen();
  return {
    world,
    url,
    begin: async () => {
      const response = await fetch(`${url}/api/services/${world.id}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(response.status).toBe(200);
      const { url: address } = (await response.json()) as { url: string };
      const [cookie = '', ...attributes] = (response.headers.get('set-cookie') ?? '').split('; ');
      return { url: address, cookie, attributes: attributes.join('; ') };
    },
    open: async (address, cookie = '', method = 'GET') => {
      const response = await fetch(address, { method, headers: { cookie }, redirect: 'manual' });
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      return { status: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

test('a login that a page begins ends at the callback of the daemon, and the service runs', async () => {
  await using at = await place();
  const { url, cookie, attributes } = await at.begin();
  const address = await follow(url);
  expect(address.startsWith(`${at.url}/oauth/upstream/callback?`)).toBe(true);
  expect(attributes).toBe('Max-Age=600; Path=/oauth/upstream/callback; HttpOnly; SameSite=Lax');
  expect(await at.open(address, cookie)).toEqual({
    status: 200,
    text: 'Logged in to remote. You can close this window.\n',
  });
  expect(at.world.lifecycle()).toBe('RUNNING');
  expect(await at.world.call()).toEqual({ isError: false, text: 'called echo' });
  expect((await at.open(address, cookie)).status).toBe(410);
  expect(at.world.server.count('authorization_code')).toBe(1);
});

test('T-520 another browser cannot end a login, and the browser that began it still can', async () => {
  await using at = await place();
  const mine = await at.begin();
  const other = await at.begin();
  const address = await follow(mine.url);
  const [name = ''] = mine.cookie.split('=');
  const foreign = ['', other.cookie, `${name}=${'A'.repeat(43)}`, `${name}=`];
  for (const cookie of foreign) expect((await at.open(address, cookie)).status).toBe(410);
  expect(at.world.server.tokenRequests).toEqual([]);
  expect((await fetch(address, { method: 'HEAD', headers: { cookie: mine.cookie } })).status).toBe(410);
  expect((await at.open(address, mine.cookie)).status).toBe(200);
});

test('two logins of one browser do not replace each other', async () => {
  await using at = await place();
  const [first, second] = [await at.begin(), await at.begin()];
  const both = `${first.cookie}; ${second.cookie}`;
  expect((await at.open(await follow(second.url), both)).status).toBe(200);
  expect((await at.open(await follow(first.url), both)).status).toBe(200);
});

test('T-521 no query and no cookie of a callback causes a token request or an error of the server', async () => {
  await using at = await place();
  const { cookie } = await at.begin();
  const names = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description');
  const queries = fc.array(fc.tuple(names, fc.string({ unit: 'binary', maxLength: 40 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(queries, async (pairs) => {
      const query = new URLSearchParams(pairs).toString();
      const { status, text } = await at.open(`${at.url}/oauth/upstream/callback?${query}`, cookie);
      expect(status).toBe(410);
      expect(text).not.toContain('<');
    }),
    { numRuns: 50 },
  );
  expect(at.world.server.tokenRequests).toEqual([]);
});

test('a denial is shown as text, without the markup of the server', async () => {
  await using at = await place({}, { denies: { code: 'access_denied', description: '<script>\u001b[2J' } });
  const { url, cookie } = await at.begin();
  const { status, text } = await at.open(await follow(url), cookie);
  expect(status).toBe(400);
  expect(text).toContain('refused the login');
  expect(text).not.toContain('\u001b');
});

test('with a public https address the browser returns to it, and the client document names that address', async () => {
  const publicUrl = new URL('https://clarity.example');
  await using at = await place({ publicUrl });
  const { url, attributes } = await at.begin();
  expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://clarity.example/oauth/upstream/callback');
  expect(attributes).toContain('; Secure');
  const document = await fetch(`${at.url}/oauth/client.json`);
  expect(await document.json()).toMatchObject({
    client_id: 'https://clarity.example/oauth/client.json',
    redirect_uris: [
      'https://clarity.example/oauth/upstream/callback',
      'http://127.0.0.1/callback',
      'http://localhost/callback',
    ],
    token_endpoint_auth_method: 'none',
  });
});

test('a daemon without a public https address has no client document', async () => {
  await using at = await place();
  expect((await fetch(`${at.url}/oauth/client.json`)).status).toBe(404);
});

test('T-522 a browser of another machine cannot begin a login without TLS', async () => {
  const token = 't'.repeat(32);
  await using at = await place({ allowedHosts: ['clarity.lan'], token });
  const { port } = new URL(at.url);
  const { request } = await import('node:http');
  const begin = (host: string): Promise<{ readonly status: number; readonly body: string }> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: `/api/services/${at.world.id}/login`,
          headers: { host, 'content-type': 'application/json', authorization: `Bearer ${token}` },
        },
        (response) => {
          let body = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (body += chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, body });
          });
        },
      );
      sent.on('error', reject);
      sent.end('{}');
    });
  const { status, body } = await begin('clarity.lan');
  expect(status).toBe(400);
  expect(JSON.parse(body)).toMatchObject({
    code: 'REQUEST_INVALID',
    field: 'redirectUri',
    error: expect.stringContaining('without TLS'),
  });
  expect(at.world.server.authorizations).toEqual([]);
  // The same caller at a name of this machine: only the name of the host has made the difference.
  expect((await begin(`127.0.0.1:${port}`)).status).toBe(200);
});
