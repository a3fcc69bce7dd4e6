import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller, grantOf } from '@clarity-runtime/core';
import { LIMIT_NAMES } from '@clarity-runtime/core/internal';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;

beforeEach(async () => {
  daemon = await startDaemon();
});

afterEach(() => daemon[Symbol.asyncDispose]());

test('GET /api/status of an empty runtime returns zeros', async () => {
  const { instance } = daemon.runtime;
  expect((await ask(daemon, '/api/status')).body).toEqual({
    runtime: {
      version: instance.version,
      pid: process.pid,
      uptimeSeconds: expect.any(Number),
      instanceId: instance.id,
    },
    gateway: { listen: `127.0.0.1:${String(daemon.port)}`, mcpPath: '/mcp', healthy: true },
    systemTools: { count: 0, items: [] },
    storage: { state: 'up', unwritten: 0, droppedBefore: 1 },
    refusals: Object.fromEntries(LIMIT_NAMES.map((name) => [name, 0])),
    summary: { total: 0, running: 0, degraded: 0, stopped: 0, quarantined: 0, local: 0, remote: 0 },
    services: [],
    lastUpdated: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

test('GET /api/status counts services by state', async () => {
  const running = await daemon.register('running');
  await daemon.register('waiting');
  const broken = await daemon.register('broken');
  await post(daemon, `/api/services/${running}/start`);
  daemon.connector.failure = new Error('no');
  await post(daemon, `/api/services/${broken}/start`);
  const { body } = await ask(daemon, '/api/status');
  expect(body['summary']).toEqual({
    total: 3,
    running: 1,
    degraded: 1,
    stopped: 2,
    quarantined: 0,
    local: 3,
    remote: 0,
  });
  expect(body['services']).toMatchObject([
    { namespace: 'broken', lastError: 'no' },
    { namespace: 'running', lifecycle: 'RUNNING' },
    { namespace: 'waiting', lifecycle: 'REGISTERED' },
  ]);
});

test('GET /api/audit names caller and action, newest last', async () => {
  const id = await daemon.register('calc');
  await post(daemon, `/api/services/${id}/start`);
  const { body } = await ask(daemon, '/api/audit?limit=1');
  expect(body['items']).toEqual([
    {
      seq: 3,
      id: expect.any(String),
      at: expect.any(String),
      kind: 'service.started',
      level: 'info',
      message: 'Service started',
      data: { durationMs: expect.any(Number) },
      serviceId: id,
      caller: { kind: 'loopback', id: 'loopback', door: 'http' },
    },
  ]);
});

test('the id of a caller with a token is the digest of the token', async () => {
  await using guarded = await startDaemon({ token: 'correct-horse-battery-staple' });
  const id = await guarded.register('calc');
  const headers = { authorization: 'Bearer correct-horse-battery-staple' };
  await ask(guarded, `/api/services/${id}/start`, { method: 'POST', headers });
  const [last] = (await guarded.audited()).slice(-1);
  expect(last?.caller).toEqual({ kind: 'token', id: '87cbebfe', door: 'http' });
});

test('a JSON response is indented and ends with a line break', async () => {
  const answer = await fetch(`${daemon.url}/healthz`);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await answer.text()).toBe('{\n  "status": "ok"\n}\n');
});

test('T-564 the settings have no credential of an address, and need inspect for every service', async () => {
  const token = 'correct-horse-battery-staple';
  const settings = () => [
    { name: '--port', value: '8765', source: 'default' },
    { name: '--audit-otlp', value: 'https://user:Canary-1@host.example/v1?key=Canary-2', source: '--audit-otlp' },
  ];
  await using set = await startDaemon({ token, settings });
  const operator = { headers: { authorization: `Bearer ${token}` } };
  const { body } = await ask(set, '/api/config', operator);
  expect(body).toMatchObject({ items: [{ name: '--port', value: '8765' }, { name: '--audit-otlp' }] });
  expect(JSON.stringify(body)).not.toContain('Canary');
  const grants = [{ ...grantOf('read', 'inspect'), services: ['one'] }];
  const created = await set.runtime.tokens.create(embeddedCaller, { name: 'narrow', grants, doors: ['http'] });
  const headers = { authorization: `Bearer ${created.token}` };
  expect((await ask(set, '/api/config', { headers })).body).toMatchObject({ code: 'GRANT_REQUIRED' });
});
