import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { manifestOf } from '../support/fake-connector.ts';
import { ask, post } from '../support/http-client.ts';

let daemon: Daemon;

const policy = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name: 'strict' },
  spec: { denyTools: ['add'] },
};
const withPolicy = (policyRef: string): object => {
  const manifest = manifestOf('calc');
  return { ...manifest, spec: { ...manifest.spec, policyRef } };
};

beforeEach(async () => {
  daemon = await startDaemon();
});

afterEach(() => daemon[Symbol.asyncDispose]());

test('/api/policies applies, reads, lists and removes a policy, and keeps it while a service uses it', async () => {
  expect(await post(daemon, '/api/policies/apply', { policy })).toMatchObject({ status: 200, body: { policy } });
  expect((await ask(daemon, '/api/policies/strict')).body).toMatchObject({ policy });
  const listed = (await ask(daemon, '/api/policies')).body as { items: { metadata: { name: string } }[] };
  expect(listed.items.map(({ metadata }) => metadata.name)).toEqual(['default', 'strict']);
  const applied = await post(daemon, '/api/services/apply', { manifest: withPolicy('strict') });
  const { serviceId } = (applied.body as { service: { serviceId: string } }).service;
  expect((await ask(daemon, `/api/services/${serviceId}/policy`)).body).toMatchObject({
    serviceId,
    policyRef: 'strict',
    effective: { denyTools: ['add'] },
  });
  expect(await ask(daemon, '/api/policies/strict', { method: 'DELETE' })).toMatchObject({
    status: 409,
    body: { code: 'POLICY_IN_USE' },
  });
  await ask(daemon, `/api/services/${serviceId}`, { method: 'DELETE' });
  expect((await ask(daemon, '/api/policies/strict', { method: 'DELETE' })).body).toEqual({
    removed: true,
    name: 'strict',
  });
  expect(await ask(daemon, '/api/policies/strict')).toMatchObject({ status: 404, body: { code: 'POLICY_NOT_FOUND' } });
});

test('an unknown policy, an invalid document and an invalid test are rejected with the field', async () => {
  expect(await post(daemon, '/api/services/apply', { manifest: withPolicy('nobody') })).toMatchObject({
    status: 400,
    body: { code: 'MANIFEST_INVALID', field: 'spec.policyRef' },
  });
  expect(await post(daemon, '/api/policies/apply', { policy: { ...policy, spec: { queue: -1 } } })).toMatchObject({
    status: 400,
    body: { code: 'POLICY_INVALID', field: 'spec.queue' },
  });
  expect(await post(daemon, '/api/policy/test', { serviceId: 'x', tool: 'y', bytes: 1.5 })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', field: 'bytes' },
  });
  expect(await post(daemon, '/api/policy/test', { serviceId: 'svc_000000000000', tool: 'y' })).toMatchObject({
    status: 404,
    body: { code: 'SERVICE_NOT_FOUND' },
  });
});

test('POST /api/policy/test returns the error that the call would get', async () => {
  await post(daemon, '/api/policies/apply', { policy });
  const applied = await post(daemon, '/api/services/apply', { manifest: withPolicy('strict') });
  const { serviceId } = (applied.body as { service: { serviceId: string } }).service;
  expect((await post(daemon, '/api/policy/test', { serviceId, tool: 'add' })).body).toMatchObject({
    verdict: 'refused',
    rule: 'denyTools',
    code: 'TOOL_BLOCKED',
    error: expect.stringContaining(`denyTools of policy 'strict'`),
    hint: expect.stringContaining('clarityctl apply -f'),
  });
  expect((await post(daemon, '/api/policy/test', { serviceId, tool: 'sub' })).body).toMatchObject({
    verdict: 'allowed',
  });
});

test('T-563 a policy that changed since it was read is not replaced', async () => {
  const apply = (digest?: string | null, timeoutMs = 1_000) =>
    post(daemon, '/api/policies/apply', { policy: { ...policy, spec: { timeoutMs } }, digest });
  const { digest } = (await apply(null)).body as { digest: string };
  expect((await ask(daemon, '/api/policies/strict')).body['digest']).toBe(digest);
  expect(await apply(null)).toMatchObject({ status: 409, body: { code: 'REVISION_CONFLICT' } });
  expect((await apply(digest, 2_000)).status).toBe(200);
  expect((await apply(digest, 3_000)).status).toBe(409);
  expect((await ask(daemon, '/api/policies/strict')).body).toMatchObject({ policy: { spec: { timeoutMs: 2_000 } } });
  const builtIn = (await ask(daemon, '/api/policies/default')).body as { digest: string; policy: object };
  const changed = { ...builtIn.policy, spec: { timeoutMs: 5_000 } };
  expect((await post(daemon, '/api/policies/apply', { policy: changed, digest: builtIn.digest })).status).toBe(200);
});
