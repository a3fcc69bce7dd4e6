import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { raw } from '../support/raw-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
const sendPing = (headers: Record<string, string>) => ask(daemon, '/mcp', { method: 'POST', json: ping, headers });

test.each([
  ['O01', 'https://evil.example'],
  ['O02', 'null'],
  ['O03', 'http://localhost.evil.example'],
  ['O04', 'http://localhost:3000'],
  ['O05', 'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
  ['O06', 'file://'],
])('%s a request with Origin %s is rejected', async (_id, origin) => {
  const { status, body } = await sendPing({ origin });
  expect(status).toBe(403);
  expect(body).toMatchObject({ code: 'ORIGIN_FORBIDDEN' });
});

test('O04 the same host on another port is rejected as another origin', async () => {
  expect((await sendPing({ origin: `http://127.0.0.1:${String(daemon.port + 1)}` })).status).toBe(403);
  expect((await sendPing({ origin: `http://localhost:${String(daemon.port)}` })).status).toBe(403);
});

test('O07 the own origin is accepted', async () => {
  expect((await sendPing({ origin: daemon.url })).status).toBe(200);
});

test('O08 a cross-site event stream is rejected', async () => {
  const { status, headers } = await ask(daemon, '/api/events', { headers: { origin: 'https://evil.example' } });
  expect(status).toBe(403);
  expect(headers.has('access-control-allow-origin')).toBe(false);
});

test.each(['cross-site', 'same-site', 'anything'])(
  'O09 Sec-Fetch-Site: %s is rejected also without Origin',
  async (site) => {
    // A browser sets this header itself, and fetch does not allow another value.
    const headers = {
      Host: `localhost:${String(daemon.port)}`,
      'Sec-Fetch-Site': site,
      'Content-Type': 'application/json',
    };
    const { status } = await raw(daemon.port, { method: 'POST', target: '/mcp', headers, body: JSON.stringify(ping) });
    expect(status).toBe(403);
  },
);

test.each(['/api/status', '/status/assets/page.js', '/healthz'])(
  'O09 a cross-site read of %s is rejected',
  async (target) => {
    const headers = { Host: 'localhost', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' };
    expect((await raw(daemon.port, { target, headers })).status).toBe(403);
  },
);

test('a link on another site opens the page, but no route with data', async () => {
  const followed = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' };
  const headers = { Host: 'localhost', ...followed };
  expect((await raw(daemon.port, { target: '/status', headers })).status).toBe(200);
  expect((await raw(daemon.port, { target: '/api/status', headers })).status).toBe(403);
  expect(
    (await raw(daemon.port, { target: '/status', headers: { ...headers, 'Sec-Fetch-Dest': 'iframe' } })).status,
  ).toBe(403);
  expect((await raw(daemon.port, { method: 'POST', target: '/status', headers })).status).toBe(403);
});

test.each(['/mcp', '/api/services/apply', '/status'])('R01 a preflight for %s gets no CORS header', async (path) => {
  for (const origin of ['https://evil.example', daemon.url]) {
    const { status, headers } = await ask(daemon, path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-private-network': 'true' },
    });
    expect(status).toBeGreaterThanOrEqual(400);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test('R02 a response has no CORS header', async () => {
  for (const origin of ['https://evil.example', daemon.url]) {
    const { headers } = await ask(daemon, '/api/status', { headers: { origin } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});
