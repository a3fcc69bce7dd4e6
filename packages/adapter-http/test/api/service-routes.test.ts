import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;
let id: string;

beforeEach(async () => {
  daemon = await startDaemon();
  const { body } = await post(daemon, '/api/services/apply', { manifest: manifestOf('calc') });
  id = (body['service'] as { serviceId: string }).serviceId;
});

afterEach(() => daemon[Symbol.asyncDispose]());

const summary = {
  namespace: 'calc',
  sourceFile: 'calc.clarity',
  what: '/build/calc.wasm',
  module: 'calc',
  originType: 'local_wasm',
  lifecycle: 'REGISTERED',
  health: 'UNKNOWN',
  uptimeSeconds: 0,
  restartCount: 0,
  calls: { inFlight: 0, waiting: 0, refused: 0 },
  policy: { restart: { mode: 'on-failure', maxRestarts: 5, windowSeconds: 60 }, remote: null },
  interface: null,
};
const record = {
  digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown as string,
  namespace: 'calc',
  manifest: manifestOf('calc'),
  runtime: {
    lifecycle: 'REGISTERED',
    health: 'UNKNOWN',
    enabled: true,
    autostart: true,
    uptimeSeconds: 0,
    restartCount: 0,
  },
};
const add = { name: 'add', description: 'Adds two numbers.', inputSchema: { type: 'object' } };

test('apply stores a service, and the list contains it', async () => {
  expect((await ask(daemon, `/api/services/${id}`)).body).toEqual({ service: { serviceId: id, ...record } });
  expect((await ask(daemon, '/api/services')).body).toEqual({ items: [{ serviceId: id, ...summary }] });
});

test('start returns the tools of the service', async () => {
  const { status, body } = await post(daemon, `/api/services/${id}/start`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    service: {
      runtime: { lifecycle: 'RUNNING', health: 'HEALTHY' },
      interfaceSnapshot: { tools: [add], resources: [], prompts: [] },
    },
  });
  expect((await ask(daemon, '/api/services')).body).toMatchObject({
    items: [{ lifecycle: 'RUNNING', interface: { tools: 1, resources: 0, prompts: 0 } }],
  });
});

test('the interface of a service before its first introspection is empty', async () => {
  expect((await ask(daemon, `/api/services/${id}/interface`)).body).toEqual({
    serviceId: id,
    interfaceRevision: null,
    introspectedAt: null,
    tools: [],
    resources: [],
    prompts: [],
  });
  await post(daemon, `/api/services/${id}/start`);
  const { body } = await ask(daemon, `/api/services/${id}/interface`);
  expect(body).toMatchObject({ serviceId: id, interfaceRevision: expect.any(String), tools: [add] });
});

test('introspect reads a running service and rejects a stopped one', async () => {
  expect(await post(daemon, `/api/services/${id}/introspect`)).toMatchObject({
    status: 409,
    body: { code: 'SERVICE_STOPPED', hint: expect.stringContaining('clarityctl start') },
  });
  await post(daemon, `/api/services/${id}/start`, {});
  const { status, body } = await post(daemon, `/api/services/${id}/introspect`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ interface: { tools: [add] } });
});

test('a failed start is answered with 200 and the reason in the status', async () => {
  daemon.connector.failure = new Error('the module is gone');
  const { status, body } = await post(daemon, `/api/services/${id}/start`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ service: { runtime: { lifecycle: 'STOPPED', lastError: 'the module is gone' } } });
  expect((await ask(daemon, '/api/services')).body).toMatchObject({ items: [{ lastError: 'the module is gone' }] });
});

test('stop keeps the service registered', async () => {
  await post(daemon, `/api/services/${id}/start`);
  expect((await post(daemon, `/api/services/${id}/stop`)).body).toMatchObject({
    service: { runtime: { lifecycle: 'STOPPED', uptimeSeconds: 0 } },
  });
});

test('DELETE removes the service and reports only that', async () => {
  const { status, body } = await ask(daemon, `/api/services/${id}`, { method: 'DELETE' });
  expect(status).toBe(200);
  expect(body).toEqual({ removed: true, artifactRemoved: false, serviceId: id });
  expect((await ask(daemon, `/api/services/${id}`)).status).toBe(404);
});

test('DELETE with cleanup_artifacts reports the files that remain', async () => {
  const asked = { method: 'DELETE', json: { cleanup_artifacts: true } };
  const { body } = await ask(daemon, `/api/services/${id}`, asked);
  expect(body).toMatchObject({ removed: true, artifactRemoved: false, removedFiles: [], left: [] });
});

test.each([1, 'true', null])('DELETE with cleanup_artifacts %j is rejected', async (value) => {
  const asked = { method: 'DELETE', json: { cleanup_artifacts: value } };
  const { status, body } = await ask(daemon, `/api/services/${id}`, asked);
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'REQUEST_INVALID', field: 'cleanup_artifacts' });
});

test('an invalid manifest is rejected with its field', async () => {
  const { spec, ...rest } = manifestOf('other');
  const manifest = { ...rest, spec: { ...spec, origin: { ...spec.origin, type: 'telepathy' } } };
  const { status, body } = await post(daemon, '/api/services/apply', { manifest });
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'MANIFEST_INVALID', field: expect.stringContaining('spec.origin') });
});

test('a namespace in use is rejected with 409', async () => {
  const other = manifestOf('other');
  const manifest = { ...other, spec: { ...other.spec, toolNamespace: 'calc' } };
  expect(await post(daemon, '/api/services/apply', { manifest })).toMatchObject({
    status: 409,
    body: { code: 'NAMESPACE_TAKEN', field: 'spec.toolNamespace' },
  });
});

test('GET logs returns the newest lines', async () => {
  await post(daemon, `/api/services/${id}/start`);
  await post(daemon, `/api/services/${id}/stop`);
  const { body } = await ask(daemon, `/api/services/${id}/logs?limit=1`);
  expect(body).toEqual({ serviceId: id, lines: [expect.stringMatching(/^\[.*Z] Service stopped$/)] });
});

test('a hidden tool leaves the list of clients and comes back, and the digest guards the change', async () => {
  await daemon.runtime.services.start(embeddedCaller, id);
  const names = async () => (await daemon.runtime.tools.list(embeddedCaller)).map(({ name }) => name);
  const before = await names();
  expect(before).toContain('calc__add');
  const hidden = await post(daemon, `/api/services/${id}/surface`, { hide: ['add'] });
  expect(hidden.status).toBe(200);
  expect(await names()).not.toContain('calc__add');
  const { digest } = hidden.body['service'] as { digest: string };
  const stale = '0'.repeat(64);
  expect((await post(daemon, `/api/services/${id}/surface`, { show: ['add'], digest: stale })).status).toBe(409);
  expect((await post(daemon, `/api/services/${id}/surface`, { show: ['add'], digest })).status).toBe(200);
  expect(await names()).toEqual(before);
});
