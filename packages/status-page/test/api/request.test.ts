import { afterEach, expect, jest, test } from '@jest/globals';
import { fetchDetails, operate } from '../../src/api/services.ts';
import { fetchStatus } from '../../src/api/status.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const answering = (answer: () => Response) =>
  jest.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(answer()));

test('the page says that it is the page', async () => {
  const asked = answering(() => Response.json({ services: [] }));
  expect(await fetchStatus()).toEqual({ kind: 'ok', value: { services: [] } });
  const [path, init] = asked.mock.calls[0] ?? [];
  expect(path).toBe('/api/status');
  expect(init?.headers).toEqual({ 'x-clarity-page': '1' });
});

test('a service id is one segment of the path, whatever it holds', async () => {
  const asked = answering(() => Response.json({}));
  await fetchDetails('a/../b?c');
  expect(asked.mock.calls[0]?.[0]).toMatch(/^\/api\/services\/a%2F\.\.%2Fb%3Fc\/details\?/);
});

test('what is done is sent as JSON, by the page', async () => {
  const asked = answering(() => Response.json({ service: { runtime: { lifecycle: 'STOPPED' } } }));
  expect(await operate('svc_1', 'stop')).toMatchObject({ kind: 'ok' });
  const [path, init] = asked.mock.calls[0] ?? [];
  expect([path, init?.method, init?.body]).toEqual(['/api/services/svc_1/stop', 'POST', '{}']);
  expect(init?.headers).toEqual({ 'x-clarity-page': '1', 'content-type': 'application/json' });
});

test('a start that came to nothing is a failure', async () => {
  answering(() => Response.json({ service: { runtime: { lifecycle: 'STOPPED' } } }));
  expect(await operate('svc_1', 'start')).toMatchObject({ kind: 'failed' });
});

test('401 is a refusal, whatever comes with it', async () => {
  answering(() => new Response('not json', { status: 401 }));
  expect(await fetchStatus()).toEqual({ kind: 'refused' });
});

test('an error reply of the API becomes a failure with error and hint', async () => {
  answering(() => Response.json({ error: 'forbidden', hint: 'set the token' }, { status: 403 }));
  expect(await fetchStatus()).toEqual({ kind: 'failed', reason: 'forbidden: set the token' });
});

test.each([
  ['a proxy in between', () => new Response('<html>', { status: 502 })],
  ['an answer without a reason', () => Response.json(null, { status: 500 })],
])('%s is a failure with a reason', async (_case, answer) => {
  answering(answer);
  expect(await fetchStatus()).toEqual({ kind: 'failed', reason: expect.stringMatching(/./) });
});

test('no answer is a failure', async () => {
  jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Failed to fetch'));
  expect(await fetchStatus()).toMatchObject({ kind: 'failed' });
});
