import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditEvent } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
  await daemon.register('other');
  await post(daemon, `/api/services/${id}/start`);
  await post(daemon, `/api/services/${id}/stop`);
  daemon.connector.failure = new Error('gone');
  await post(daemon, `/api/services/${id}/start`);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const items = async (path: string): Promise<readonly AuditEvent[]> =>
  (await ask(daemon, path)).body['items'] as readonly AuditEvent[];
const kinds = async (path: string): Promise<readonly string[]> => (await items(path)).map(({ kind }) => kind);

test('[http.audit] [http.audit.limit] GET /api/audit returns the newest events, oldest first, up to limit', async () => {
  expect(await kinds('/api/audit')).toHaveLength(7);
  expect(await kinds('/api/audit?limit=2')).toEqual(['service.start_warning', 'service.start_failed']);
});

test('GET /api/audit filters by kind, level and service', async () => {
  expect(await kinds('/api/audit?level=error')).toEqual(['service.start_failed']);
  expect(await kinds('/api/audit?kind=service.manifest_applied')).toHaveLength(2);
  expect(await kinds(`/api/audit?kind=service.manifest_applied&service_id=${id}`)).toHaveLength(1);
  expect(await kinds('/api/audit?service_id=nobody')).toEqual([]);
  expect(await kinds(`/api/services/${id}/events?level=warn`)).toEqual([
    'service.start_warning',
    'service.start_failed',
  ]);
});

test('GET /api/audit returns every event once when all pages are read', async () => {
  const read: number[] = [];
  let after = 'start';
  for (;;) {
    const { body } = await ask(daemon, `/api/audit?limit=3&after=${after}`);
    const page = body['items'] as readonly AuditEvent[];
    if (page.length === 0) break;
    read.push(...page.map(({ seq }) => seq));
    after = body['next'] as string;
  }
  expect(read).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('GET details returns summary, record, interface, log lines, events and calls', async () => {
  const { body } = await ask(daemon, `/api/services/${id}/details?log_limit=2&event_limit=1&call_limit=1`);
  expect(body).toEqual({
    serviceId: id,
    summary: ((await ask(daemon, '/api/services')).body['items'] as { serviceId: string }[]).find(
      ({ serviceId }) => serviceId === id,
    ),
    service: (await ask(daemon, `/api/services/${id}`)).body['service'],
    interface: expect.objectContaining({ interfaceRevision: expect.any(String) }),
    logs: [expect.stringMatching(/Start warning: gone$/), expect.stringMatching(/Service start failed: gone$/)],
    events: [expect.objectContaining({ kind: 'service.start_failed' })],
    recentCalls: [],
  });
});

test.each([
  ['/api/audit?level=loud', 'level'],
  ['/api/audit?kind=', 'kind'],
  ['/api/audit?after=x', 'after'],
  ['/api/audit?before=1', 'before'],
  ['/api/audit?kind=a&kind=b', 'kind'],
  ['/api/events?limit=1', 'limit'],
  ['/api/services/{id}/events?limit=0', 'limit'],
  ['/api/services/{id}/details?log_limit=0', 'log_limit'],
  ['/api/services/{id}/details?event_limit=2001', 'event_limit'],
  ['/api/services/{id}/details?call_limit=x', 'call_limit'],
])('%s is rejected with the name of the parameter', async (path, field) => {
  const { status, body } = await ask(daemon, path.replace('{id}', id));
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'REQUEST_INVALID', field, hint: expect.stringMatching(/\w/) });
});

test.each(['logs', 'events', 'details'])('GET %s of an unknown service is answered with 404', async (what) => {
  expect(await ask(daemon, `/api/services/svc_000000000000/${what}`)).toMatchObject({
    status: 404,
    body: { code: 'SERVICE_NOT_FOUND' },
  });
});
