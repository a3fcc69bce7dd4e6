import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { pageFolder, type PageFolder } from '../support/page-folder.ts';
import { raw } from '../support/raw-client.ts';

const TOKEN = 'correct-horse-battery-staple';
const headers = { Host: 'localhost', 'x-clarity-token': TOKEN };
let daemon: Daemon;
let folder: PageFolder;

beforeAll(async () => {
  folder = await pageFolder();
  daemon = await startDaemon({ token: TOKEN, statusPageFolder: folder.path });
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const get = (target: string) => raw(daemon.port, { target, headers });

test('R03 the page forbids framing', async () => {
  const answer = await get('/status');
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
});

test('R04 the page allows its own scripts only', async () => {
  const policy = (await get('/status')).headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("form-action 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
  expect(policy).not.toContain('unsafe');
});

test.each(['/api/status', '/status', '/status/assets/index-abc123.js', '/healthz', '/nowhere', '/api/nowhere', '/mcp'])(
  'R05 R06 %s has nosniff and no-referrer',
  async (target) => {
    const answer = await get(target);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  },
);

test('R06 the page with the token in its URL redirects to a URL without it', async () => {
  const answer = await get(`/status?token=${TOKEN}`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('status');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

test.each(['/api/status', '/api/audit', '/status', '/api/nowhere', '/healthz'])(
  'R07 %s has cache-control no-store',
  async (target) => {
    expect((await get(target)).headers.get('cache-control')).toBe('no-store');
  },
);

test('R08 a token in the URL is not part of the response', async () => {
  const script = encodeURIComponent('"><script>alert(1)</script>');
  const wrong = await get(`/status?token=${script}`);
  expect(wrong.status).toBe(401);
  expect(wrong.text).not.toContain('script>');
  expect(wrong.text).not.toContain(script);
  expect((await get(`/status?token=${TOKEN}`)).text).not.toContain(TOKEN);
});
