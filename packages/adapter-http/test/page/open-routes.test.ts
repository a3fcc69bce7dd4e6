import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
  '/status/',
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
  expect(headers.get('location')).toBe('/status');
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
  expect(headers.get('location')).toBe('/status');
  const name = `clarity_${daemon.runtime.instance.id}`;
  expect(headers.get('set-cookie')).toMatch(
    new RegExp(`^${name}=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict$`),
  );
  expect(await signIn()).not.toBe(await signIn());
});

test('a wrong token is rejected, audited, and gets no cookie', async () => {
  const answer = await get('/status?token=wrong');
  expect(answer.status).toBe(401);
  expect(answer.headers.has('set-cookie')).toBe(false);
  expect(await daemon.audited()).toMatchObject([{ kind: 'auth.failed', data: { reason: 'wrong token' } }]);
});

test('GET /status redirects to a URL without the token when no token is configured', async () => {
  await using bare = await startDaemon();
  const answer = await raw(bare.port, { target: '/status?token=x', headers: { Host: 'localhost' } });
  expect(answer.status).toBe(303);
  expect(answer.headers.has('set-cookie')).toBe(false);
});

test.each<[string, Record<string, string>]>([
  ['Sec-Fetch-Site: same-origin', { 'Sec-Fetch-Site': 'same-origin' }],
  ['its own Origin', { Origin: 'http://localhost' }],
  ['the header that only scripts of the page can send', { 'X-Clarity-Page': '1' }],
])('the API accepts the cookie with %s', async (_case, proof) => {
  const Cookie = `other=1; ${await signIn()}`;
  expect((await get('/api/status', { Cookie, ...proof })).status).toBe(200);
});

test('the cookie is rejected without proof of the page, and at /mcp', async () => {
  const Cookie = await signIn();
  const own = { 'Sec-Fetch-Site': 'same-origin' };
  expect((await get('/api/status', { Cookie })).status).toBe(401);
  expect((await get('/api/status', { Cookie, 'Sec-Fetch-Site': 'same-site' })).status).toBe(403);
  expect((await get('/api/status', { Cookie: `${Cookie}x`, ...own })).status).toBe(401);
  expect((await get('/api/status', { Cookie: Cookie.replace('clarity_', 'clarity_x'), ...own })).status).toBe(401);
  const mcp = { method: 'POST', target: '/mcp', headers: { Host: 'localhost', Cookie, ...own } };
  expect((await raw(daemon.port, mcp)).status).toBe(401);
});

test('a wrong token is rejected also with a valid cookie', async () => {
  const headers = { Cookie: await signIn(), 'Sec-Fetch-Site': 'same-origin', 'X-Clarity-Token': 'wrong' };
  expect((await get('/api/status', headers)).status).toBe(401);
});

test('PageSessions expire after 12 hours, and the oldest is evicted above 256', () => {
  let now = 0;
  const sessions = new PageSessions('i', { now: () => now });
  const open = (): string => sessions.open().split(/[=;]/)[1] ?? '';
  const first = open();
  now = 12 * 60 * 60 * 1000 - 1;
  expect(sessions.knows(first)).toBe(true);
  now += 1;
  expect(sessions.knows(first)).toBe(false);
  const old = open();
  const young = Array.from({ length: 256 }, open);
  expect(sessions.knows(old)).toBe(false);
  expect(young.every((session) => sessions.knows(session))).toBe(true);
});
