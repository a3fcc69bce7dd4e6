import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { embeddedCaller } from '@clarity-runtime/core';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { ask } from '../support/http-client.ts';
import { raw } from '../support/raw-client.ts';

let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
  await daemon.runtime.services.start(embeddedCaller, id);
});

afterAll(() => daemon[Symbol.asyncDispose]());

const lifecycle = (): string => daemon.runtime.services.get(embeddedCaller, id).status.lifecycle;
const send = (target: string, type: string | undefined, body: string) =>
  raw(daemon.port, {
    method: 'POST',
    target,
    headers: { Host: 'localhost', ...(type === undefined ? {} : { 'Content-Type': type }) },
    body,
  });

test.each([
  ['C01', 'text/plain'],
  ['C02', 'application/x-www-form-urlencoded'],
  ['C03', 'multipart/form-data; boundary=x'],
  ['C04', undefined],
  ['C05', 'text/plain; application/json'],
  ['C06', 'application/json-evil'],
])('%s a body of type %s is rejected', async (_id, type) => {
  const { status, body } = await send('/mcp', type, '{"jsonrpc":"2.0","id":1,"method":"ping"}');
  expect(status).toBe(415);
  expect(JSON.parse(body)).toMatchObject({ code: 'REQUEST_INVALID', field: 'content-type' });
});

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
  'a body of type %s is accepted',
  async (type) => {
    expect((await send(`/api/services/${id}/start`, type, '{}')).status).toBe(200);
  },
);

test('C07 a form post registers no service', async () => {
  const body = JSON.stringify({ manifest: manifestOf('smuggled') });
  expect((await send('/api/services/apply', 'text/plain', body)).status).toBe(415);
  expect(daemon.runtime.services.list(embeddedCaller)).toHaveLength(1);
});

test('C08 a foreign page cannot stop a service with an empty POST', async () => {
  const headers = { origin: 'https://evil.example' };
  expect((await ask(daemon, `/api/services/${id}/stop`, { method: 'POST', headers })).status).toBe(403);
  expect(lifecycle()).toBe('RUNNING');
});

test('C09 a foreign page cannot remove a service', async () => {
  const headers = { origin: 'https://evil.example' };
  expect((await ask(daemon, `/api/services/${id}`, { method: 'DELETE', headers })).status).toBe(403);
  expect(lifecycle()).toBe('RUNNING');
});

test('C10 an image tag changes nothing', async () => {
  for (const action of ['start', 'stop', 'introspect']) {
    const { status, headers } = await ask(daemon, `/api/services/${id}/${action}`);
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST');
  }
  expect(lifecycle()).toBe('RUNNING');
});

test('C11 no header overrides the method', async () => {
  const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
  await ask(daemon, `/api/services/${id}`, { method: 'POST', headers });
  await ask(daemon, `/api/services/${id}?_method=DELETE`, { headers });
  expect(lifecycle()).toBe('RUNNING');
});

test('C12 a page of another site cannot write client configurations with /api/bootstrap', async () => {
  const clients = { clients: ['codex', 'claude'] };
  expect((await send('/api/bootstrap', 'text/plain', JSON.stringify(clients))).status).toBe(415);
  const headers = { origin: 'https://evil.example' };
  expect((await ask(daemon, '/api/bootstrap', { method: 'POST', json: clients, headers })).status).toBe(403);
});
