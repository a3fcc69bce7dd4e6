import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;
let id: string;

beforeEach(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
});

afterEach(() => daemon[Symbol.asyncDispose]());

async function hold(): Promise<void> {
  daemon.connector.failure = new Error('connect ECONNREFUSED 127.0.0.1:9');
  for (let i = 0; i < 6; i += 1) await post(daemon, `/api/services/${id}/start`);
}

test('U45 six starts on a closed port lead to quarantine, and only unquarantine lifts it', async () => {
  daemon.connector.failure = new Error('connect ECONNREFUSED 127.0.0.1:9');
  const answers = [];
  for (let i = 0; i < 6; i += 1) answers.push(await post(daemon, `/api/services/${id}/start`));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 409]);
  expect(answers[4]?.body).toMatchObject({
    service: {
      runtime: {
        lifecycle: 'QUARANTINED',
        lastError: expect.stringContaining('ECONNREFUSED'),
        quarantine: { reason: expect.stringContaining('5 failures within 60 s'), at: expect.any(String) },
      },
    },
  });
  daemon.connector.failure = undefined;
  for (const action of ['start', 'restart']) {
    const { status, body } = await post(daemon, `/api/services/${id}/${action}`);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: 'SERVICE_QUARANTINED',
      hint: expect.stringContaining('clarityctl unquarantine'),
    });
  }
  expect((await post(daemon, `/api/services/${id}/stop`)).body).toMatchObject({
    service: { runtime: { lifecycle: 'QUARANTINED' } },
  });
  expect((await ask(daemon, '/api/status')).body).toMatchObject({ summary: { quarantined: 1, stopped: 0 } });
  expect((await post(daemon, `/api/services/${id}/unquarantine`, { reason: 'the port is open' })).body).toMatchObject({
    service: { runtime: { lifecycle: 'STOPPED', health: 'UNKNOWN' } },
  });
  expect((await post(daemon, `/api/services/${id}/start`)).body).toMatchObject({
    service: { runtime: { lifecycle: 'RUNNING' } },
  });
  const { body } = await ask(daemon, `/api/services/${id}/events?kind=service.unquarantined`);
  expect(body['items']).toMatchObject([{ caller: { kind: 'loopback' }, data: { reason: 'the port is open' } }]);
});

test.each([{ reason: '' }, { reason: 5 }, { reason: 'x'.repeat(501) }, { why: 'x' }])(
  'unquarantine with %j is rejected with the field',
  async (body) => {
    await hold();
    const answer = await post(daemon, `/api/services/${id}/unquarantine`, body);
    expect(answer).toMatchObject({ status: 400, body: { field: Object.keys(body)[0] } });
    expect((await ask(daemon, `/api/services/${id}`)).body).toMatchObject({
      service: { runtime: { lifecycle: 'QUARANTINED' } },
    });
  },
);

test('restart counts the restart, and a failed one is answered with the status', async () => {
  await post(daemon, `/api/services/${id}/start`);
  expect((await post(daemon, `/api/services/${id}/restart`)).body).toMatchObject({
    service: { runtime: { lifecycle: 'RUNNING', restartCount: 1 } },
  });
  daemon.connector.failure = new Error('gone');
  const { status, body } = await post(daemon, `/api/services/${id}/restart`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ service: { runtime: { lifecycle: 'STOPPED', lastError: 'gone', restartCount: 2 } } });
});

test('start of a disabled service is rejected with a hint', async () => {
  const { spec, ...rest } = manifestOf('calc');
  await post(daemon, '/api/services/apply', { manifest: { ...rest, spec: { ...spec, enabled: false } } });
  expect(await post(daemon, `/api/services/${id}/start`)).toMatchObject({
    status: 409,
    body: { code: 'SERVICE_DISABLED', field: 'spec.enabled', hint: expect.stringContaining('spec.enabled') },
  });
});

test('U43 forty concurrent registrations are all answered and all listed', async () => {
  const modules = Array.from({ length: 40 }, (_, i) => `svc${String(i)}`);
  const answers = await Promise.all(
    modules.map((module) => post(daemon, '/api/services/apply', { manifest: manifestOf(module) })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { body } = await ask(daemon, '/api/services');
  const listed = (body['items'] as { namespace: string }[]).map(({ namespace }) => namespace);
  expect(listed).toEqual([...modules, 'calc'].toSorted());
});

test('U44 forty concurrent actions get no 5xx, and after DELETE the service is unknown', async () => {
  const actions = ['start', 'stop', 'restart', 'introspect'];
  const racing = Array.from({ length: 40 }, (_, i) => post(daemon, `/api/services/${id}/${actions[i % 4] ?? ''}`));
  const removed = ask(daemon, `/api/services/${id}`, { method: 'DELETE' });
  const late = Array.from({ length: 8 }, (_, i) => post(daemon, `/api/services/${id}/${actions[i % 4] ?? ''}`));
  for (const { status } of await Promise.all([...racing, ...late])) expect([200, 404, 409]).toContain(status);
  expect((await removed).status).toBe(200);
  expect((await ask(daemon, `/api/services/${id}`)).status).toBe(404);
  expect((await ask(daemon, '/api/services')).body).toEqual({ items: [] });
  expect((await post(daemon, '/api/services/apply', { manifest: manifestOf('calc') })).body).toMatchObject({
    service: { runtime: { lifecycle: 'REGISTERED', restartCount: 0 } },
  });
});
