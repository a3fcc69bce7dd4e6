import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { raw, sendBytes } from '../support/raw-client.ts';

let daemon: Daemon;
let port: number;
let token: string;

beforeAll(async () => {
  daemon = await startDaemon({ allowedHosts: ['clarity.internal', 'fd00::7'] });
  ({ port } = daemon);
  const grants = [grantOf('read')];
  const request = { name: 'test', grants, doors: ['http'] as const };
  token = `Bearer ${(await daemon.runtime.tokens.create(embeddedCaller, request)).token}`;
});

afterAll(() => daemon[Symbol.asyncDispose]());

const withPort = (host: string): string => host.replace('PORT', String(port));

test.each([
  ['H01 a foreign name', 'evil.example'],
  ['H02 a foreign name with the right port', 'evil.example:PORT'],
  ['H03 a prefix trick', '127.0.0.1.evil.example:PORT'],
  ['H04 a prefix trick', 'localhost.evil.example:PORT'],
  ['H05 a userinfo trick', 'evil.example@127.0.0.1:PORT'],
  ['H06 the wildcard address', '0.0.0.0:PORT'],
  ['H07 a port trick', 'localhost:PORT.evil.example'],
])('%s in Host is rejected: %s', async (_case, host) => {
  const { status, body } = await raw(port, { headers: { Host: withPort(host) } });
  expect(status).toBe(403);
  expect(JSON.parse(body)).toMatchObject({ code: 'HOST_FORBIDDEN', field: 'host' });
});

test('H08 the port in Host is not compared, so that a forwarded port works', async () => {
  expect((await raw(port, { headers: { Host: '127.0.0.1:1' } })).status).toBe(200);
});

test('H09 a request without Host is rejected', async () => {
  expect((await raw(port, {})).status).toBe(400);
});

test('H10 two Host headers are rejected, also if one is right', async () => {
  const names = [`127.0.0.1:${String(port)}`, 'evil.example'];
  for (const [first = '', second = ''] of [names, names.toReversed()]) {
    const headers = [['Host', first] as const, ['Host', second] as const];
    expect((await raw(port, { headers })).status).toBe(400);
  }
});

test('H11 HTTP/1.0 without Host does not reach /mcp', async () => {
  const head = 'POST /mcp HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';
  expect((await sendBytes(port, [head, '{}'])).status).toBe(400);
});

test('H12 an absolute target with another host is rejected', async () => {
  const own = `127.0.0.1:${String(port)}`;
  const foreign = await raw(port, { target: 'http://evil.example/api/status', headers: { Host: own } });
  expect(foreign.status).toBe(400);
  const both = await raw(port, { target: 'http://evil.example/api/status', headers: { Host: 'evil.example' } });
  expect(both.status).toBe(403);
  expect((await raw(port, { target: `http://${own}/api/status`, headers: { Host: own } })).status).toBe(200);
});

test.each([
  ['H13', 'GET', '/status'],
  ['H14', 'GET', '/api/events'],
  ['H15', 'POST', '/mcp'],
])('%s a rebound host name gets no data from %s %s', async (_id, method, target) => {
  expect((await raw(port, { method, target, headers: { Host: 'evil.example' } })).status).toBe(403);
});

test.each(['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LOCALHOST', 'localhost.:PORT', '127.3.2.1:PORT'])(
  'H16 the loopback name %s in Host is accepted',
  async (host) => {
    expect((await raw(port, { headers: { Host: withPort(host) } })).status).toBe(200);
  },
);

test.each(['clarity.internal', 'Clarity.Internal:8443', '[fd00::7]:PORT'])(
  'the configured name %s in Host is accepted with a token; without one it may come from a proxy (T-462)',
  async (host) => {
    expect((await raw(port, { headers: { Host: withPort(host), Authorization: token } })).status).toBe(200);
    const { status, body } = await raw(port, { headers: { Host: withPort(host) } });
    expect([status, JSON.parse(body)]).toEqual([403, expect.objectContaining({ code: 'LOOPBACK_REQUIRED' })]);
  },
);

test.each(['0.0.0.0', '::', 'two words', 'user@host', ''])('%j cannot be configured as a host name', async (name) => {
  await expect(startDaemon({ allowedHosts: [name] })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});
