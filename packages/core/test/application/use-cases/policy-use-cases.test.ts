import { beforeEach, expect, test } from '@jest/globals';
import { createRuntime } from '@clarity-runtime/core';
import { MemoryPolicyRegistry, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { agent, ask, namesOf, operator } from '../../support/speak.ts';
import { stage, type Stage } from '../../support/supervised.ts';

let s: Stage;

const document = (name: string, spec: object = {}): object => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name },
  spec,
});

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

beforeEach(async () => {
  s = await stage();
  s.connector.tools.set('calc', [{ name: 'a' }, { name: 'b' }]);
});

test('the default policy exists and limits nothing', () => {
  expect(s.runtime.policies.list(operator).map(({ metadata, spec }) => [metadata.name, spec])).toEqual([
    ['default', {}],
  ]);
  expect(s.runtime.policies.get(operator, 'default').spec).toEqual({});
});

test('a manifest with an unknown policy is rejected with the field and the known names', async () => {
  await expect(s.register('calc', {}, { policyRef: 'nobody' })).rejects.toMatchObject({
    failure: {
      code: 'MANIFEST_INVALID',
      field: 'spec.policyRef',
      hint: expect.stringContaining('use one of: default'),
    },
  });
});

test('a named policy limits the manifest, and a change applies from the next call', async () => {
  const { policies } = s.runtime;
  await policies.apply(operator, document('narrow', { denyTools: ['b'], maxRequestBytes: 2048 }));
  const policy = { allowTools: ['a', 'b'], maxRequestBytes: 4096 };
  const id = await s.register('calc', {}, { policyRef: 'narrow', policy });
  await s.runtime.services.start(operator, id);
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual(['calc__a']);
  expect(policies.show(operator, id)).toMatchObject({
    policyRef: 'narrow',
    effective: { allowTools: ['a', 'b'], denyTools: ['b'], maxRequestBytes: 2048 },
  });
  expect(policies.test(operator, id, { tool: 'b', requestBytes: 0 })).toMatchObject({
    verdict: 'refused',
    rule: 'denyTools',
    failure: { code: 'TOOL_BLOCKED', hint: expect.stringContaining("policy 'narrow'") },
  });
  await policies.apply(operator, document('narrow', { denyTools: ['a'] }));
  expect(namesOf(await ask(s.runtime, 'tools/list'))).toEqual(['calc__b']);
  expect(policies.test(operator, id, { tool: 'b', requestBytes: 4096 })).toMatchObject({ verdict: 'allowed' });
  expect(policies.test(operator, id, { tool: 'b', requestBytes: 4097 })).toMatchObject({ rule: 'maxRequestBytes' });
  expect(s.connector.calls).toEqual([]);
});

test('remove rejects a policy in use and deletes an unused one', async () => {
  const { policies } = s.runtime;
  await policies.apply(operator, document('used'));
  const id = await s.register('calc', {}, { policyRef: 'used' });
  await expect(policies.remove(operator, 'used')).rejects.toMatchObject({
    failure: { code: 'POLICY_IN_USE', message: expect.stringContaining('calc') },
  });
  await s.runtime.services.remove(operator, id);
  await policies.remove(operator, 'used');
  expect(policies.list(operator)).toHaveLength(1);
  await expect(policies.remove(operator, 'used')).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
  expect(await s.kinds()).toEqual(expect.arrayContaining(['policy.applied', 'policy.removed']));
});

test('removing an applied default policy restores the built-in one', async () => {
  const { policies } = s.runtime;
  await policies.apply(operator, document('default', { denyTools: ['a'] }));
  expect(policies.get(operator, 'default').spec).toEqual({ denyTools: ['a'] });
  await policies.remove(operator, 'default');
  await policies.remove(operator, 'default');
  expect(policies.get(operator, 'default').spec).toEqual({});
});

test.each([
  ['metadata.name', { metadata: { name: 'Not A Name' } }],
  ['metadata.name', { metadata: {} }],
  ['spec.timeoutMs', { spec: { timeoutMs: 1 } }],
  ['spec.allowTools', { spec: { allowTools: [] } }],
  ['kind', { kind: 'MCPService' }],
  ['spec.tool', { spec: { tool: {} } }],
])('a document that is wrong in %s is refused with the field', async (field, over) => {
  await expect(s.runtime.policies.apply(operator, { ...document('x'), ...over })).rejects.toMatchObject({
    failure: { code: 'POLICY_INVALID', field, message: expect.stringContaining('invalid policy: ') },
  });
});

test('policies need the grant provision to change and read to read', async () => {
  await expect(s.runtime.policies.apply(agent, document('x'))).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  await expect(s.runtime.policies.remove(agent, 'x')).rejects.toMatchObject({ code: 'GRANT_REQUIRED' });
  const stranger = { ...agent, grants: [] };
  expect(() => s.runtime.policies.list(stranger)).toThrow();
});

test('policies survive a restart, and a service without its policy rejects calls', async () => {
  const registry = new MemoryServiceRegistry();
  const policies = new MemoryPolicyRegistry();
  const keep = { [Symbol.asyncDispose]: () => Promise.resolve() };
  const kept = <T extends object>(part: T): T =>
    new Proxy(part, { get: (target, key) => (key === Symbol.asyncDispose ? keep[key as never] : bound(target, key)) });
  const connector = new FakeConnector();
  const start = (named: MemoryPolicyRegistry) =>
    createRuntime(
      { registry: kept(registry), policies: kept(named), connectors: [connector] },
      { recoveryTimeoutMs: 0 },
    );
  const first = await start(policies);
  await first.policies.apply(operator, document('strict', { denyTools: ['x'] }));
  const manifest = manifestOf('calc');
  await first.services.apply(operator, { ...manifest, spec: { ...manifest.spec, policyRef: 'strict' } });
  await first.close();
  const second = await start(policies);
  expect(second.policies.get(operator, 'strict').spec).toEqual({ denyTools: ['x'] });
  await second.close();
  await using third = await start(new MemoryPolicyRegistry());
  await third.autostart();
  expect(namesOf(await ask(third, 'tools/list'))).toEqual([]);
  const reply = await ask(third, 'tools/call', { name: 'calc__fn__add' });
  expect(JSON.stringify('result' in reply && reply.result.value)).toContain('POLICY_NOT_FOUND');
  expect(connector.calls).toEqual([]);
});

function bound(target: object, key: string | symbol): unknown {
  const member: unknown = Reflect.get(target, key, target);
  return typeof member === 'function' ? (member.bind(target) as unknown) : member;
}

test('a failed write of the policy registry changes nothing', async () => {
  const policies = new MemoryPolicyRegistry();
  await using runtime = await createRuntime({ policies });
  await policies[Symbol.asyncDispose]();
  const error: unknown = await runtime.policies.apply(operator, document('x')).catch((reason: unknown) => reason);
  expect(codeOf(error)).toBe('STORE_UNAVAILABLE');
  expect(runtime.policies.list(operator)).toHaveLength(1);
});
