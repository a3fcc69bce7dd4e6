import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';
import { raw, sendBytes, type RawRequest } from '../support/raw-client.ts';

const TOKEN = 'correct-horse-battery-staple';
let daemon: Daemon;
let guarded: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
  guarded = await startDaemon({ token: TOKEN });
});

afterEach(async () => {
  for (const { url, log } of [daemon, guarded]) {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(log).toEqual([]);
  }
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

const headers = { Host: 'localhost' };
const refused = (status: number): boolean => status >= 400 && status < 500;

test.each(['//', '//evil.example', '///', '//?x'])(
  'P01 the target %s is rejected, and the next request is served',
  async (target) => {
    for (const { port } of [daemon, guarded]) {
      const { status, body } = await raw(port, { target, headers });
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ code: 'REQUEST_INVALID', field: 'request target' });
    }
  },
);

test.each([
  'http://[',
  'http://',
  '/\\[',
  '///:::',
  '*',
  'api/status',
  '?x',
  '/a"b',
  '/a\\b',
  'https://localhost/api/status',
])('P02 the target %s is rejected, and the next request is served', async (target) => {
  for (const { port } of [daemon, guarded]) {
    expect((await raw(port, { target, headers })).status).toBe(400);
  }
});

test.each([
  ['P03', '/api/services/%'],
  ['P04', '/api/services/%ff%fe'],
  ['P05', '/api/services/%00'],
  ['P06', '/api/services/%E0%A4%A/interface'],
  ['P06', '/mcp/%E0%A4%A'],
])('%s the malformed escape in %s is answered with 400', async (_id, path) => {
  const { status } = await ask(daemon, path, { method: path.startsWith('/mcp') ? 'POST' : 'GET' });
  expect([400, 404]).toContain(status);
});

const post = 'POST /api/services/apply HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

test.each([
  ['P07 two framings', `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['P08 two lengths', `${post}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello`],
  ['P09 a strange encoding', `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['P09 chunked, then another', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ['P09 a folded encoding', `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
])('%s are rejected', async (_case, bytes) => {
  const { status } = await sendBytes(daemon.port, [bytes]);
  expect(refused(status)).toBe(true);
});

test('P10 three thousand headers are rejected', async () => {
  const flood = Array.from({ length: 3_000 }, (_, i) => [`X-${String(i)}`, '1'] as const);
  expect((await raw(daemon.port, { headers: [['Host', 'localhost'], ...flood] })).status).toBe(431);
});

test('P11 a header of 64 KiB is rejected', async () => {
  expect((await raw(daemon.port, { headers: { ...headers, X: 'a'.repeat(65_536) } })).status).toBe(431);
});

test('P12 a target of 100 KiB is rejected', async () => {
  expect([414, 431]).toContain((await raw(daemon.port, { target: `/${'a'.repeat(102_400)}`, headers })).status);
});

test('P30 error responses do not contain stacks, module paths or error types', async () => {
  const requests: readonly Omit<RawRequest, 'headers'>[] = [
    { target: '//' },
    { target: '/api/services/%' },
    { target: '/api/nowhere' },
    { target: '/api/services/nobody' },
    { target: '/api/audit?limit=x' },
    { target: '/mcp/a/b' },
    { method: 'PUT' },
    { method: 'POST', target: '/api/services/apply' },
    ...['null', '{', '[]', '{"manifest":null}', '{"manifest":{"spec":1}}'].map((body) => ({
      method: 'POST',
      target: '/api/services/apply',
      body,
    })),
  ];
  for (const request of requests) {
    const { status, text } = await raw(daemon.port, {
      ...request,
      headers: { ...headers, 'Content-Type': 'application/json' },
    });
    expect(refused(status)).toBe(true);
    expect(text).not.toMatch(/at file:|node:internal|\.[jt]s:\d|\/packages\/|TypeError|SyntaxError/);
  }
});

test('P31 markup in the path is not returned as markup', async () => {
  for (const target of ['/<script>alert(1)</script>', '/%3Cscript%3E', '/api/services/%3Cscript%3E']) {
    const answer = await raw(daemon.port, { target, headers });
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  }
});
