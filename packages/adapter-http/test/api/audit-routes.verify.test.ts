import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;

beforeAll(async () => {
  daemon = await startDaemon();
  const id = await daemon.register('calc');
  await post(daemon, `/api/services/${id}/start`);
  daemon.connector.failure = new Error('gone');
  await post(daemon, `/api/services/${id}/restart`);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const kinds = async (query: string): Promise<readonly string[]> => {
  const { body } = await ask(daemon, `/api/audit?${query}`);
  return (body['items'] as readonly { readonly kind: string }[]).map(({ kind }) => kind);
};

test('[audit.verify.http] GET /api/audit/verify verifies the hash chain and looks for an earlier head', async () => {
  const { body } = await ask(daemon, '/api/audit/verify');
  const { head } = body;
  expect(body).toEqual({
    ok: true,
    records: expect.any(Number),
    links: expect.any(Number),
    head: expect.stringMatching(/^[0-9a-f]{64}$/),
    from: 1,
    to: body['records'],
    outside: 0,
  });
  expect((await ask(daemon, `/api/audit/verify?expect=${String(head)}`)).body).toMatchObject({
    ok: true,
    expected: true,
  });
  const other = await ask(daemon, `/api/audit/verify?expect=${'1'.repeat(64)}`);
  expect(other.body).toMatchObject({ ok: false, expected: false });
});

test('[audit.filters] GET /api/audit filters by outcome, caller and time', async () => {
  expect(await kinds('outcome=error')).toEqual(['service.start_failed']);
  expect(await kinds('caller=nobody')).toEqual([]);
  expect((await kinds('caller=loopback')).length).toBeGreaterThan(2);
  expect(await kinds('until=2020-01-01')).toEqual([]);
  expect((await kinds('since=2020-01-01T00:00:00Z')).length).toBeGreaterThan(2);
});

test.each([
  ['/api/audit?since=yesterday', 'since'],
  ['/api/audit?until=2026-99-01', 'until'],
  ['/api/audit/verify?expect=abc', 'expect'],
  ['/api/audit/verify?limit=1', 'limit'],
])('%s is rejected with the name of the parameter', async (path, field) => {
  const { status, body } = await ask(daemon, path);
  expect(status).toBe(400);
  expect(body['error']).toEqual(expect.stringContaining(field));
});
