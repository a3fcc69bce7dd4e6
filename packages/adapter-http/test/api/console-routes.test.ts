import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ClarityError, embeddedCaller, grantOf } from '@clarity-runtime/core';
import type { ConsoleReply } from '@clarity-runtime/api-contract';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask } from '../support/http-client.ts';

const TOKEN = 'correct-horse-battery-staple';
const asOperator = { headers: { authorization: `Bearer ${TOKEN}` } };
let daemon: Daemon;

beforeEach(async () => {
  daemon = await startDaemon({ token: TOKEN });
});

afterEach(() => daemon[Symbol.asyncDispose]());

const snapshot = async (headers = asOperator.headers): Promise<ConsoleReply> =>
  (await ask(daemon, '/api/console', { headers })).body as unknown as ConsoleReply;

async function started(module: string): Promise<string> {
  const id = await daemon.register(module);
  await daemon.runtime.services.start(embeddedCaller, id);
  return id;
}

/** Returns headers of a new token. */
async function holder(name: string, ...grants: readonly ReturnType<typeof grantOf>[]) {
  const { token } = await daemon.runtime.tokens.create(embeddedCaller, { name, grants, doors: ['http'] });
  return { authorization: `Bearer ${token}` };
}

test('the snapshot has every service with the word of its state, and counts that add up', async () => {
  const running = await started('calc');
  await daemon.register('idle');
  const { services, counts, problems, cursor, grants } = await snapshot();
  expect(services).toMatchObject([
    { id: running, ns: 'calc', state: 'ready', tools: 1, calls: 0, failed: 0 },
    { ns: 'idle', state: 'new', tools: 0 },
  ]);
  expect(services[0]?.tokens).toBeGreaterThan(5);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(problems).toEqual([]);
  expect(cursor).toContain(daemon.runtime.instance.id);
  expect(grants).toContain('admin');
});

test('services that fail for the same cause are one problem with the line of their output and a command', async () => {
  daemon.connector.failure = new ClarityError('SERVICE_START_FAILED', 'it ended with exit code 1');
  const ids = [await daemon.register('one'), await daemon.register('two')];
  for (const id of ids) {
    await daemon.runtime.services.start(embeddedCaller, id);
    await daemon.runtime.services.stop(embeddedCaller, id);
  }
  expect((await snapshot()).problems).toEqual([]);
  await Promise.all(ids.map((id) => daemon.runtime.services.start(embeddedCaller, id)));
  const { problems, services } = await snapshot();
  expect(problems).toMatchObject([
    {
      code: 'SERVICE_START_FAILED',
      severity: 'error',
      count: 2,
      line: expect.stringContaining('exit code 1') as unknown,
      fix: { command: expect.stringMatching(/^clarityctl \w+ one$/) as unknown },
    },
  ]);
  expect(services.map(({ cause }) => cause)).toEqual([problems[0]?.id, problems[0]?.id]);
  const { body } = await ask(daemon, '/api/problems', asOperator);
  expect(body).toMatchObject({ total: 1, items: problems });
});

test('a caller sees the rows, problems, figures and calls of its services only', async () => {
  await started('mine');
  await started('other');
  for (const service of ['mine', 'other']) await daemon.runtime.tools.call(embeddedCaller, { name: 'add', service });
  const grant = { ...grantOf('read', 'inspect'), services: ['mine'] };
  const headers = await holder('narrow', grant);
  const { services, figures, grants } = await snapshot(headers);
  expect(services.map(({ ns, calls }) => [ns, calls])).toEqual([['mine', 1]]);
  expect(figures).toMatchObject({ calls: 1, failed: 0, services: [{ calls: 1 }] });
  expect(grants).toEqual(['read', 'inspect']);
  const calls = (await ask(daemon, '/api/calls', { headers })).body as { items: readonly { service: string }[] };
  expect(calls.items.map(({ service }) => service)).toEqual(['mine']);
  const clients = async (of: object): Promise<readonly object[]> =>
    (
      (await ask(daemon, '/api/clients', { headers: of as Record<string, string> })).body as {
        items: readonly object[];
      }
    ).items;
  expect(await clients(headers)).toMatchObject([{ calls24h: 1, failed24h: 0 }]);
  expect(await clients(asOperator.headers)).toMatchObject([{ calls24h: 2, failed24h: 0 }]);
  expect((await ask(daemon, '/api/metrics/series', { headers })).status).toBe(403);
  const other = (await snapshot()).services.find(({ ns }) => ns === 'other')?.id ?? '';
  expect((await ask(daemon, `/api/metrics/series?service=${other}`, { headers })).status).toBe(404);
  expect((await ask(daemon, `/api/metrics/sparks?ids=${other}`, { headers })).body).toMatchObject({ items: {} });
  const reader = await holder('reader', grantOf('read'));
  for (const path of ['/api/calls', '/api/clients'])
    expect((await ask(daemon, path, { headers: reader })).status).toBe(403);
});

test('ended calls have client, outcome, sizes and the reason of a failure, and pages go back in time', async () => {
  const id = await started('calc');
  await daemon.runtime.tools.call(embeddedCaller, { name: 'add', service: 'calc' });
  daemon.connector.answer = () => Promise.reject(new ClarityError('UPSTREAM_FAILED', 'no'));
  await daemon.runtime.tools.call(embeddedCaller, { name: 'add', service: 'calc' });
  const { body } = await ask(daemon, '/api/calls?limit=1', asOperator);
  expect(body).toMatchObject({
    items: [
      {
        service: 'calc',
        serviceId: id,
        tool: 'add',
        outcome: 'error',
        code: 'UPSTREAM_FAILED',
        caller: { kind: 'operator' },
      },
    ],
  });
  const older = (await ask(daemon, `/api/calls?limit=5&after=${String(body['next'])}`, asOperator)).body;
  expect(older).toMatchObject({ items: [{ outcome: 'ok' }] });
  expect(older['next']).toBeUndefined();
  expect((await ask(daemon, '/api/calls?outcome=ok&service=calc&min_ms=0', asOperator)).body).toMatchObject(older);
  expect((await ask(daemon, '/api/calls?after=x', asOperator)).status).toBe(400);
  const { series, step } = (await ask(daemon, '/api/metrics/series?step=5', asOperator)).body as {
    series: { calls: number[]; failed: number[]; p95Ms: (number | null)[] };
    step: number;
  };
  expect([step, series.calls.length]).toEqual([5, 720]);
  expect(series.calls.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(series.failed.reduce((sum, count) => sum + count, 0)).toBe(1);
  const sparks = (await ask(daemon, `/api/metrics/sparks?ids=${id},none&points=2`, asOperator)).body;
  expect(sparks).toMatchObject({ step: 120, points: 2 });
  expect(Object.keys(sparks['items'] as object)).toEqual([id]);
});

test('the snapshot is compressed for clients that accept it, and unchanged with its entity tag', async () => {
  for (let i = 0; i < 20; i += 1) await daemon.register(`s${String(i)}`);
  const get = (headers: Record<string, string>) =>
    fetch(`${daemon.url}/api/console`, { headers: { ...asOperator.headers, ...headers } });
  const packed = await get({ 'accept-encoding': 'gzip' });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(((await packed.json()) as ConsoleReply).services).toHaveLength(20);
  for (const refused of ['identity', 'gzip;q=0'])
    expect((await get({ 'accept-encoding': refused })).headers.get('content-encoding')).toBeNull();
  const etag = packed.headers.get('etag') ?? '';
  expect((await get({ 'if-none-match': etag })).status).toBe(304);
  await daemon.register('more');
  expect((await get({ 'if-none-match': etag })).status).toBe(200);
});

test('whoami returns the caller and its verbs', async () => {
  const headers = await holder('viewer', grantOf('read', 'inspect'));
  expect((await ask(daemon, '/api/whoami', { headers })).body).toMatchObject({
    caller: { door: 'http' },
    grants: ['read', 'inspect'],
  });
});
