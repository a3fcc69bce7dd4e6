import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon();
  id = await daemon.register('calc');
});

afterAll(() => daemon[Symbol.asyncDispose]());

test.each([
  ['P21', '__proto__'],
  ['P22', 'constructor'],
  ['P23', 'toString'],
  ['P25', 'svc_000000000000'],
])('%s the unknown service %s is answered with 404', async (_id, serviceId) => {
  const path = `/api/services/${serviceId}`;
  const answers = [
    await ask(daemon, path),
    await ask(daemon, `${path}/interface`),
    await ask(daemon, `${path}/logs`),
    await ask(daemon, path, { method: 'DELETE' }),
    await post(daemon, `${path}/start`),
    await post(daemon, `${path}/stop`),
    await post(daemon, `${path}/introspect`),
  ];
  for (const { status, body } of answers) {
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: `service not found: ${serviceId}`, code: 'SERVICE_NOT_FOUND' });
  }
  for (const action of ['restart', 'unquarantine']) {
    expect((await post(daemon, `${path}/${action}`)).status).toBe(404);
  }
});

const bad = ['-1', '0', '1e309', 'NaN', 'abc', '0x10', '999999999', '2001', '1.5', '', '+1', '01', ' 1', '1&limit=2'];

test.each(bad)('P26 limit=%s is rejected with its name', async (limit) => {
  for (const path of ['/api/audit', `/api/services/${id}/logs`]) {
    const { status, body } = await ask(daemon, `${path}?limit=${limit}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'REQUEST_INVALID', field: 'limit' });
  }
});

test.each(['1', '200', '2000'])('P26 limit=%s is accepted', async (limit) => {
  expect((await ask(daemon, `/api/audit?limit=${limit}`)).status).toBe(200);
});
