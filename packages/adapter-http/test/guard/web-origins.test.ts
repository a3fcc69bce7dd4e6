import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WebOrigins } from '../../src/guard/web-origins.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { raw } from '../support/raw-client.ts';

const APP = 'https://app.example:8443';
const TOKEN = '0123456789abcdef';
let daemon: Daemon;

beforeAll(async () => {
  const publicUrl = new URL('https://clarity.example');
  daemon = await startDaemon({ allowedOrigins: [APP], publicUrl, token: TOKEN });
});

afterAll(() => daemon[Symbol.asyncDispose]());

const ping = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
const auth = { Authorization: `Bearer ${TOKEN}`, 'Content-Type': 'application/json' };
const send = (target: string, method: string, headers: Record<string, string>, body = '') =>
  raw(daemon.port, { method, target, headers: { Host: 'localhost', ...headers }, body });

test('R120c a page of CLARITYD_ALLOWED_ORIGINS may use /mcp and read the response', async () => {
  const preflight = await send('/mcp', 'OPTIONS', {
    Origin: APP,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,content-type,mcp-session-id',
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(APP);
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  const answer = await send('/mcp', 'POST', { Origin: APP, 'Sec-Fetch-Site': 'cross-site', ...auth }, ping);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe(APP);
  expect(answer.headers.get('access-control-expose-headers')).toContain('mcp-session-id');
  const refused = await send('/mcp', 'POST', { Origin: APP, 'Content-Type': 'application/json' }, ping);
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, APP]);
});

test('T-380 R120c an allowed origin opens only /mcp, and only the exact origin is allowed', async () => {
  for (const target of ['/api/status', '/api/services', '/metrics', '/status/x.js']) {
    const answer = await send(target, 'GET', { Origin: APP, ...auth });
    expect([target, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      target,
      403,
      undefined,
    ]);
  }
  for (const origin of ['https://app.example', 'http://app.example:8443', 'https://x.app.example:8443', `${APP}/`]) {
    const answer = await send('/mcp', 'POST', { Origin: origin, ...auth }, ping);
    expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([
      origin,
      403,
      undefined,
    ]);
  }
});

test('R120c WebOrigins allows exactly the configured origins, and refuses a value that is not an origin', () => {
  const origins = new WebOrigins({ allowedOrigins: [APP] });
  fc.assert(
    fc.property(fc.webUrl({ withFragments: true }), (url) => {
      expect(origins.of({ origin: url, host: 'localhost' }, true)).toBe(url === APP ? 'none' : 'foreign');
    }),
    { numRuns: 100 },
  );
  for (const bad of ['*', 'null', 'app.example', `${APP}/path`, 'file://', 'https://a:b@app.example']) {
    expect(() => new WebOrigins({ allowedOrigins: [bad] })).toThrow('is not an exact web origin');
  }
});

test('T-381 R120b --public-url with https makes the cookie Secure and sends Strict-Transport-Security', async () => {
  const answer = await send(`/status?token=${TOKEN}`, 'GET', { Host: 'clarity.example' });
  expect(answer.status).toBe(303);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^__Host-clarity_[^;]+;.*; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
  );
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  // A proxy may replace Host by the address of the daemon.
  const origin = { Cookie: cookie, Origin: 'https://clarity.example', 'Sec-Fetch-Site': 'same-origin' };
  const claimed = await send('/api/session', 'POST', { ...origin, 'Content-Type': 'application/json' });
  const page = { ...origin, 'X-Clarity-Page': (JSON.parse(claimed.body) as { page: string }).page };
  expect((await send('/api/status', 'GET', page)).status).toBe(200);
  expect((await send('/api/status', 'GET', { ...page, Origin: 'http://clarity.example' })).status).toBe(403);
});

test('R120b a daemon without --public-url sends neither Secure nor Strict-Transport-Security', async () => {
  const plain = await startDaemon({ token: TOKEN });
  const answer = await raw(plain.port, { target: `/status?token=${TOKEN}`, headers: { Host: 'localhost' } });
  await plain[Symbol.asyncDispose]();
  expect(answer.headers.get('set-cookie')).not.toContain('Secure');
  expect(answer.headers.get('strict-transport-security')).toBeUndefined();
});
