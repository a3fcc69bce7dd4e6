import { afterEach, expect, jest, test } from '@jest/globals';
import { get, sendForText, signIn } from '../../src/api/request.ts';
import { fetchService, operate } from '../../src/api/services.ts';

const fetchStatus = () => get('/api/console');

afterEach(() => {
  jest.restoreAllMocks();
});

const mockFetch = (answer: () => Response) =>
  jest.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(answer()));

test('get sends the x-clarity-page header', async () => {
  const requests = mockFetch(() => Response.json({ services: [] }));
  expect(await fetchStatus()).toEqual({ kind: 'ok', value: { services: [] } });
  const [path, init] = requests.mock.calls[0] ?? [];
  expect(path).toBe('/api/console');
  expect(init?.headers).toEqual({ 'x-clarity-page': '1' });
});

test('fetchService encodes the service id as one path segment', async () => {
  const requests = mockFetch(() => Response.json({}));
  await fetchService('a/../b?c');
  expect(requests.mock.calls[0]?.[0]).toMatch(/^\/api\/services\/a%2F\.\.%2Fb%3Fc$/);
});

test('operate sends a POST with a JSON body and the page header', async () => {
  const requests = mockFetch(() => Response.json({ service: { runtime: { lifecycle: 'STOPPED' } } }));
  expect(await operate('svc_1', 'stop')).toMatchObject({ kind: 'ok' });
  const [path, init] = requests.mock.calls[0] ?? [];
  expect([path, init?.method, init?.body]).toEqual(['/api/services/svc_1/stop', 'POST', '{}']);
  expect(init?.headers).toEqual({ 'x-clarity-page': '1', 'content-type': 'application/json' });
});

test('operate returns a failure when the service is not running after a start', async () => {
  mockFetch(() => Response.json({ service: { runtime: { lifecycle: 'STOPPED' } } }));
  expect(await operate('svc_1', 'start')).toMatchObject({ kind: 'failed' });
});

test('a reply with status 401 is refused with any body', async () => {
  mockFetch(() => new Response('not json', { status: 401 }));
  expect(await fetchStatus()).toEqual({ kind: 'refused' });
});

test('an error reply of the API becomes a failure with error and hint', async () => {
  mockFetch(() => Response.json({ error: 'forbidden', hint: 'set the token', code: 'FORBIDDEN' }, { status: 403 }));
  expect(await fetchStatus()).toEqual({
    kind: 'failed',
    status: 403,
    reason: 'forbidden',
    code: 'FORBIDDEN',
    hint: 'set the token',
  });
});

test.each([
  ['an HTML reply of a proxy', () => new Response('<html>', { status: 502 })],
  ['an error reply without a reason', () => Response.json(null, { status: 500 })],
])('%s becomes a failure with a reason', async (_case, answer) => {
  mockFetch(answer);
  expect(await fetchStatus()).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/./) });
});

test('a failed fetch becomes a failure', async () => {
  jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  expect(await fetchStatus()).toMatchObject({ kind: 'failed' });
});

/** `sessionStorage` in memory, as a browser has it. */
function storage(): Map<string, string> {
  const kept = new Map<string, string>();
  const fake = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  };
  Object.defineProperty(globalThis, 'sessionStorage', { value: fake, configurable: true });
  return kept;
}

test('signIn sends the token once and keeps the header half, which later requests send', async () => {
  const kept = storage();
  const requests = mockFetch(() => Response.json({ page: 'half' }));
  expect(await signIn('secret')).toMatchObject({ kind: 'ok' });
  expect(requests.mock.calls[0]?.[0]).toBe('/api/session');
  expect(requests.mock.calls[0]?.[1]?.headers).toMatchObject({ authorization: 'Bearer secret' });
  expect([...kept]).toEqual([['x-clarity-page', 'half']]);
  await fetchStatus();
  expect(requests.mock.calls[1]?.[1]?.headers).toEqual({ 'x-clarity-page': 'half' });
  expect(JSON.stringify([...kept])).not.toContain('secret');
});

test('signIn keeps nothing when the token is refused', async () => {
  const kept = storage();
  mockFetch(() => new Response('{}', { status: 401 }));
  expect(await signIn('wrong')).toEqual({ kind: 'refused' });
  expect(kept.size).toBe(0);
});

test('sendForText returns the reply as it was written', async () => {
  mockFetch(() => new Response('{"n":9007199254740993}'));
  const result = await sendForText('/api/tools/call', '{}', new AbortController().signal);
  expect(result).toEqual({ kind: 'ok', value: '{"n":9007199254740993}' });
});
