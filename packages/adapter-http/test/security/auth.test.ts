import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { raw } from '../support/raw-client.ts';

const TOKEN = 'correct-horse-battery-staple';
const MARKER = 'markerservice';
let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon({ token: TOKEN });
  id = await daemon.register(MARKER);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const withHeaders = (headers: readonly (readonly [string, string])[], target = '/api/status', method = 'GET') =>
  raw(daemon.port, { method, target, headers: [['Host', 'localhost'], ...headers] });

test.each([
  ['GET', '/api/status'],
  ['GET', '/api/services'],
  ['GET', '/api/services/ID'],
  ['GET', '/api/services/ID/interface'],
  ['GET', '/api/services/ID/logs'],
  ['POST', '/api/services/apply'],
  ['POST', '/api/services/ID/start'],
  ['POST', '/api/services/ID/stop'],
  ['POST', '/api/services/ID/introspect'],
  ['DELETE', '/api/services/ID'],
  ['GET', '/api/audit'],
  ['GET', '/api/no/such/route'],
  ['GET', '/api'],
  ['POST', '/mcp'],
  ['GET', '/mcp'],
  ['DELETE', '/mcp'],
  ['POST', '/mcp/markerservice'],
  ['POST', '/mcp/no/such/route'],
])('A01 %s %s without a token is answered with 401', async (method, path) => {
  const { status, headers, body } = await ask(daemon, path.replace('ID', id), { method });
  expect(status).toBe(401);
  expect(headers.get('www-authenticate')).toBe('Bearer');
  expect(body).toMatchObject({ error: 'unauthorized', code: 'TOKEN_REQUIRED' });
});

test.each([
  ['a prefix', TOKEN.slice(0, -1)],
  ['a longer one', `${TOKEN}x`],
  ['another case', TOKEN.toUpperCase()],
  ['quoted', `"${TOKEN}"`],
  ['nothing', ''],
  ['twice', `${TOKEN}, ${TOKEN}`],
  ['another form', encodeURIComponent(`${TOKEN} `)],
])('A02 a token that differs by %s is rejected', async (_case, token) => {
  expect((await withHeaders([['Authorization', `Bearer ${token}`]])).status).toBe(401);
  expect((await withHeaders([['x-clarity-token', token]])).status).toBe(401);
});

test('A02 a token with a NUL is rejected as a header', async () => {
  expect((await withHeaders([['Authorization', `Bearer ${TOKEN}\0`]])).status).toBe(400);
});

test.each([`Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`, `Token ${TOKEN}`, TOKEN, `Bearer${TOKEN}`])(
  'A03 the Authorization %s of another scheme is rejected',
  async (value) => {
    expect((await withHeaders([['Authorization', value]])).status).toBe(401);
  },
);

test('A03 a wrong Authorization is rejected also with a right x-clarity-token', async () => {
  expect(
    (
      await withHeaders([
        ['Authorization', 'Bearer no'],
        ['x-clarity-token', TOKEN],
      ])
    ).status,
  ).toBe(401);
});

test('A04 two Authorization headers are rejected, also if one is right', async () => {
  const values = [`Bearer ${TOKEN}`, 'Bearer wrong'];
  for (const [first = '', second = ''] of [values, values.toReversed()]) {
    const { status } = await withHeaders([
      ['Authorization', first],
      ['authorization', second],
    ]);
    expect(status).toBe(401);
  }
});

test.each([
  '//api/status',
  '/API/status',
  '/status/../api/status',
  '/status/..%2fapi/status',
  '/api%2fstatus',
  '/%61pi/status',
  '/mcp;x',
  '/./api/status',
  '/mcp/../api/status',
  '/api\\status',
  '/healthz/../api/status',
  'http://localhost/api/status',
])('A05 the target %s does not bypass the guard', async (target) => {
  const { status, body } = await withHeaders([], target);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body).not.toContain(MARKER);
});

test.each(['HEAD', 'OPTIONS', 'TRACE', 'PUT', 'PATCH', 'PROPFIND'])(
  'A06 %s without a token returns no data',
  async (method) => {
    const { status, body } = await withHeaders([], '/api/status', method);
    expect([401, 405]).toContain(status);
    expect(body).not.toContain(MARKER);
  },
);

test('A06 HEAD with the token has the headers of GET and no body', async () => {
  const { status, headers, body } = await withHeaders([['x-clarity-token', TOKEN]], '/api/status', 'HEAD');
  expect(status).toBe(200);
  expect(Number(headers.get('content-length'))).toBeGreaterThan(100);
  expect(body).toBe('');
});

test('A09 the status page contains no data without a token', async () => {
  const { status, body } = await withHeaders([], '/status');
  expect(status).toBe(200);
  expect(body).not.toContain(MARKER);
});

test.each([
  ['Authorization', `Bearer ${TOKEN}`],
  ['Authorization', `bearer   ${TOKEN} `],
  ['x-clarity-token', TOKEN],
])('the token is accepted as %s: %s', async (name, value) => {
  const { status, body } = await withHeaders([[name, value]]);
  expect(status).toBe(200);
  expect(body).toContain(MARKER);
});

test('the token is accepted in the query of the page only', async () => {
  expect((await withHeaders([], `/api/status?token=${TOKEN}`)).status).toBe(401);
  expect((await withHeaders([], `/mcp?token=${TOKEN}`, 'POST')).status).toBe(401);
  expect((await withHeaders([], `/healthz?token=${TOKEN}`)).headers.has('set-cookie')).toBe(false);
});
