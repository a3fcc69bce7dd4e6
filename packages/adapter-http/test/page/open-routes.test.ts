import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf } from '@clarity-runtime/core';
import { PageSessions } from '../../src/guard/page-sessions.ts';
import { readPageFiles } from '../../src/page/page-files.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { pageFolder, type PageFolder } from '../support/page-folder.ts';
import { raw } from '../support/raw-client.ts';

const TOKEN = 'correct-horse-battery-staple';
let folder: PageFolder;
let daemon: Daemon;

beforeEach(async () => {
  folder = await pageFolder();
  daemon = await startDaemon({ statusPageFolder: folder.path, token: TOKEN });
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const get = (target: string, headers: Record<string, string> = {}) =>
  raw(daemon.port, { target, headers: { Host: 'localhost', ...headers } });

async function signIn(): Promise<string> {
  const answer = await get(`/status?token=${TOKEN}`);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

test('the page and its hashed assets are served with their content type', async () => {
  const page = await get('/status');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.body).toContain('<title>page</title>');
  const script = await get('/status/assets/index-abc123.js');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test.each([
  '/status/assets/../secret.txt',
  '/status/assets/..%2fsecret.txt',
  '/status/assets/%2e%2e/secret.txt',
  '/status/secret.txt',
  '/status/assets/linked.txt',
  '/status/assets/',
  '/status/assets',
  '/status/assets//etc/passwd',
  '/status/__proto__',
])('%s is answered with 404: only files of the page are served', async (target) => {
  const { status, body } = await get(target);
  expect(status).toBe(404);
  expect(body).not.toContain('not for the web');
});

test('GET / redirects to /status', async () => {
  const { status, headers } = await get('/');
  expect(status).toBe(302);
  expect(headers.get('location')).toBe('status');
});

test('every redirect and every address of a file of the page works below any prefix', async () => {
  const at = (from: string, to: string): string => new URL(to, `http://host${from}`).pathname;
  const targets = ['/', '/status/', `/status?token=${TOKEN}`];
  const answers = await Promise.all(targets.map((target) => get(target)));
  expect(answers.map(({ status }) => status)).toEqual([302, 308, 303]);
  for (const prefix of ['', '/tools/clarity']) {
    const found = answers.map(({ headers }, i) => at(prefix + (targets[i] ?? ''), headers.get('location') ?? ''));
    expect(found).toEqual(targets.map(() => `${prefix}/status`));
    const files = [...(await get('/status')).body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(files.map((file) => at(`${prefix}/status`, file))).toEqual(
      ['index-abc123.js', 'index-abc123.js'].map((file) => `${prefix}/status/assets/${file}`),
    );
  }
});

test('POST /status is answered with 405', async () => {
  const answer = await raw(daemon.port, { method: 'POST', target: '/status', headers: { Host: 'localhost' } });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, HEAD');
});

test('readPageFiles throws for a missing folder', () => {
  expect(() => readPageFiles('/nowhere')).toThrow('ENOENT');
});

test('GET /status returns one line of text when the page is not built', async () => {
  await using bare = await startDaemon();
  const answer = await raw(bare.port, { target: '/status', headers: { Host: 'localhost' } });
  expect(answer.status).toBe(200);
  expect(answer.body.trim().split('\n')).toHaveLength(1);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('[security.status-token] the right token is exchanged for an HttpOnly cookie with SameSite=Strict', async () => {
  const { status, headers } = await get(`/status?token=${TOKEN}`);
  expect(status).toBe(303);
  expect(headers.get('location')).toBe('status');
  const name = `clarity_${daemon.runtime.instance.id}`;
  expect(headers.get('set-cookie')).toMatch(
    new RegExp(`^${name}=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict$`),
  );
  expect(await signIn()).not.toBe(await signIn());
});

test('a wrong token gets the page with 401, an audit event, and no cookie', async () => {
  const answer = await get('/status?token=wrong');
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.body).toContain('<title>page</title>');
  expect(answer.headers.has('set-cookie')).toBe(false);
  expect(await daemon.audited()).toMatchObject([{ kind: 'auth.failed', data: { reason: 'wrong token' } }]);
});

test('GET /status redirects to a URL without the token when no token is configured', async () => {
  await using bare = await startDaemon();
  const answer = await raw(bare.port, { target: '/status?token=x', headers: { Host: 'localhost' } });
  expect(answer.status).toBe(303);
  expect(answer.headers.has('set-cookie')).toBe(false);
});

const OWN = { 'Sec-Fetch-Site': 'same-origin' };
const post = (headers: Record<string, string>, method = 'POST', body = '{}') =>
  raw(daemon.port, {
    method,
    target: '/api/session',
    headers: { Host: 'localhost', 'Content-Type': 'application/json', ...headers },
    body,
  });
const halfOf = (body: string): string => (JSON.parse(body) as { page: string }).page;

/** Signs in as the page does, and returns both halves of the session. */
async function session(token = TOKEN): Promise<{ Cookie: string; 'X-Clarity-Page': string }> {
  const { headers, body } = await post({ ...OWN, Authorization: `Bearer ${token}` });
  return { Cookie: headers.get('set-cookie')?.split(';')[0] ?? '', 'X-Clarity-Page': halfOf(body) };
}

test.each<[string, Record<string, string>]>([
  ['Sec-Fetch-Site: same-origin', OWN],
  ['its own Origin', { Origin: 'http://localhost' }],
  ['its header alone', {}],
])('the API accepts both halves of a session with %s', async (_case, proof) => {
  const both = await session();
  expect((await get('/api/status', { ...both, Cookie: `other=1; ${both.Cookie}`, ...proof })).status).toBe(200);
});

test('T-466 case 18: one half of a session is rejected, also with the other half of another session', async () => {
  const [a, b] = [await session(), await session()];
  const half = { 'X-Clarity-Page': a['X-Clarity-Page'] };
  for (const headers of [{ Cookie: a.Cookie }, half, { ...a, Cookie: b.Cookie }, { ...a, 'X-Clarity-Page': '1' }])
    expect((await get('/api/status', { ...headers, ...OWN })).status).toBe(401);
  expect((await get('/api/status', a)).status).toBe(200);
});

test('after /status?token= the page gets the header half once, with the fresh cookie and its own origin', async () => {
  const Cookie = await signIn();
  expect((await get('/api/status', { Cookie, ...OWN })).status).toBe(401);
  expect((await post({ Cookie })).status).toBe(403);
  expect((await post({ Cookie, 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
  expect((await post({ Cookie, Origin: 'http://localhost.evil.example' })).status).toBe(403);
  const claimed = await post({ Cookie, ...OWN });
  expect(claimed.status).toBe(200);
  expect(claimed.headers.has('set-cookie')).toBe(false);
  const both = { Cookie, 'X-Clarity-Page': halfOf(claimed.body) };
  expect((await get('/api/status', both)).status).toBe(200);
  expect((await post({ Cookie, ...OWN })).status).toBe(401);
});

test('a body that is not valid neither claims nor ends a session', async () => {
  const Cookie = await signIn();
  expect((await post({ Cookie, ...OWN }, 'POST', '{"x":1}')).status).toBe(400);
  const both = { Cookie, 'X-Clarity-Page': halfOf((await post({ Cookie, ...OWN })).body) };
  expect((await post(both, 'DELETE', '[]')).status).toBe(400);
  expect((await get('/api/status', both)).status).toBe(200);
});

test('a session is rejected at /mcp, with another cookie name, and beside a wrong token', async () => {
  const both = await session();
  expect((await get('/api/status', { ...both, Cookie: both.Cookie.replace('clarity_', 'clarity_x') })).status).toBe(
    401,
  );
  expect((await get('/api/status', { ...both, 'X-Clarity-Token': 'wrong' })).status).toBe(401);
  expect((await get('/api/status', { ...both, 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
  const mcp = { method: 'POST', target: '/mcp', headers: { Host: 'localhost', ...both, ...OWN } };
  expect((await raw(daemon.port, mcp)).status).toBe(401);
});

test('R06b DELETE /api/session ends the session and removes its cookie', async () => {
  const both = await session();
  const answer = await post(both, 'DELETE');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('set-cookie')).toMatch(/=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await get('/api/status', both)).status).toBe(401);
});

test('a page signs in with an access token for http, has its grants, and ends with it', async () => {
  const { tokens } = daemon.runtime;
  const grants = [grantOf('read')];
  const { token } = await tokens.create(embeddedCaller, { name: 'viewer', grants, doors: ['http'] });
  const client = await tokens.create(embeddedCaller, { name: 'client', grants });
  expect((await post({ ...OWN, Authorization: `Bearer ${client.token}` })).status).toBe(403);
  expect((await post({ ...OWN, Authorization: 'Bearer wrong' })).status).toBe(401);
  const both = await session(token);
  expect((await get('/api/status', both)).status).toBe(200);
  expect((await get('/api/audit', both)).status).toBe(403);
  await tokens.revoke(embeddedCaller, 'viewer');
  expect((await get('/api/status', both)).status).toBe(401);
});

test.each(['', '?x=1'])('loopback without a token has no session of the page, with the query %j', async (query) => {
  await using bare = await startDaemon();
  const headers = { Host: 'localhost', 'Content-Type': 'application/json', ...OWN };
  const answer = await raw(bare.port, { method: 'POST', target: `/api/session${query}`, headers, body: '{}' });
  expect(answer.status).toBe(401);
});

const cookieIn = (setCookie: string): string => setCookie.split(/[=;]/)[1] ?? '';

test('PageSessions expire after an hour without use and after 12 hours, and the oldest is evicted above 256', () => {
  const HOUR = 60 * 60 * 1000;
  let now = 0;
  const sessions = new PageSessions('i', { now: () => now });
  const open = (): readonly [string, string] => {
    const { cookie, half } = sessions.open(embeddedCaller);
    return [cookieIn(cookie), half];
  };
  const isOpen = ([cookie, half]: readonly [string, string]): boolean => sessions.callerOf(cookie, half) !== undefined;
  const [idle, used] = [open(), open()];
  for (let hour = 1; hour < 24; hour += 1) {
    now = (hour * HOUR) / 2;
    expect(isOpen(used)).toBe(true);
  }
  expect(isOpen(idle)).toBe(false);
  now = 12 * HOUR;
  expect(isOpen(used)).toBe(false);
  const old = open();
  const young = Array.from({ length: 256 }, open);
  expect(isOpen(old)).toBe(false);
  expect(young.every(isOpen)).toBe(true);
  const late = cookieIn(sessions.openUnclaimed(embeddedCaller));
  now += 60_001;
  expect(sessions.claim(late)).toBeUndefined();
});
