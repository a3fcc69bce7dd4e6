import { afterEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createContainer,
  createRuntime,
  embeddedCaller,
  grantOf,
  PORT,
  type Caller,
  type Container,
  type Runtime,
} from '@clarity-runtime/core';
import {
  MemoryAccessTokenStore,
  MemoryApprovalStore,
  MemoryClaimStore,
  MemoryInterfaceStore,
  MemoryLoginStore,
  MemoryPolicyRegistry,
  MemoryProfileStore,
  MemorySecretStore,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';
import { samplePolicy, sampleProfile } from '../../src/testing/index.ts';

const open: Runtime[] = [];
afterEach(async () => {
  for (const runtime of open.splice(0)) await runtime.close();
});

/** One store for all tenants; the journal of a process belongs to one. */
function sharedStores(): Container {
  const container = createContainer();
  container.register(PORT.serviceRegistry, { useValue: new MemoryServiceRegistry() });
  container.register(PORT.claimStore, { useValue: new MemoryClaimStore() });
  container.register(PORT.policyRegistry, { useValue: new MemoryPolicyRegistry() });
  container.register(PORT.profileStore, { useValue: new MemoryProfileStore() });
  container.register(PORT.accessTokenStore, { useValue: new MemoryAccessTokenStore() });
  container.register(PORT.approvalStore, { useValue: new MemoryApprovalStore() });
  container.register(PORT.loginStore, { useValue: new MemoryLoginStore() });
  container.register(PORT.interfaceStore, { useValue: new MemoryInterfaceStore() });
  container.register(PORT.secretStore, { useValue: new MemorySecretStore() });
  return container;
}

async function runtimeOf(container: Container, tenant: string): Promise<Runtime> {
  const connectors = [new FakeConnector()];
  const runtime = await createRuntime({ container, adapters: { connectors }, options: { tenant, words: 'program' } });
  open.push(runtime);
  return runtime;
}

const inTenant = (tenant: string): Caller => ({ ...embeddedCaller, tenant });

/** Everything that a caller with all grants can list. */
async function everythingOf({ services, policies, profiles, tokens, secrets, tools, audit }: Runtime, caller: Caller) {
  const listed = await Promise.all([
    profiles.list(caller),
    tokens.list(caller),
    secrets.list(caller),
    tools.list(caller),
    audit.recent(caller, { limit: 2_000 }),
  ]);
  return JSON.stringify([services.list(caller), policies.list(caller), ...listed]);
}

const NAMES = ['a', 'b', 'shared'] as const;
type Step = 'service' | 'profile' | 'token' | 'policy' | 'secret' | 'removal';
const step = fc.record({
  at: fc.constantFrom('red', 'blue'),
  what: fc.constantFrom<Step>('service', 'profile', 'token', 'policy', 'secret', 'removal'),
  name: fc.constantFrom(...NAMES),
});

async function act(runtime: Runtime, caller: Caller, { what, name }: { readonly what: Step; readonly name: string }) {
  const mark = `${name}-of-${caller.tenant}`;
  switch (what) {
    case 'service': {
      const { service } = await runtime.services.apply(caller, manifestOf(name));
      return runtime.services.start(caller, service.serviceId);
    }
    case 'profile':
      return runtime.profiles.apply(caller, sampleProfile(name, mark));
    case 'token':
      return runtime.tokens.create(caller, { name, note: mark, grants: [grantOf('read', 'call')] });
    case 'policy':
      return runtime.policies.apply(caller, samplePolicy(name, mark));
    case 'secret':
      return runtime.secrets.set(caller, `file:${name}`, `value-${mark}`, { hosts: [`${mark}.example`] });
    case 'removal':
      return runtime.profiles.remove(caller, name);
  }
}

test('T-531 two tenants over one store act as two runtimes over two stores, whatever each of them does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const container = sharedStores();
      const tenants = ['red', 'blue'] as const;
      const both = new Map<string, Runtime>();
      const alone = new Map<string, Runtime>();
      for (const tenant of tenants) {
        both.set(tenant, await runtimeOf(container, tenant));
        alone.set(tenant, await runtimeOf(sharedStores(), tenant));
      }
      const outcome = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'ok',
          (error: unknown) => String((error as { failure?: { code?: string } }).failure?.code),
        );
      for (const { at, ...what } of steps) {
        const caller = inTenant(at);
        const shared = await outcome(act(both.get(at) as Runtime, caller, what));
        expect(shared).toBe(await outcome(act(alone.get(at) as Runtime, caller, what)));
      }
      for (const tenant of tenants) {
        const other = tenant === 'red' ? 'blue' : 'red';
        const seen = await everythingOf(both.get(tenant) as Runtime, inTenant(tenant));
        expect(seen).not.toContain(`of-${other}`);
        const ids = (runtime: Runtime) =>
          runtime.services.list(inTenant(tenant)).map(({ service }) => service.serviceId);
        expect(ids(both.get(tenant) as Runtime)).toEqual(ids(alone.get(tenant) as Runtime));
      }
      for (const runtime of open.splice(0)) await runtime.close();
    }),
    { numRuns: 15 },
  );
});

test('T-531 a token of one tenant is not one of another, and its holder has the tenant of its runtime', async () => {
  const container = sharedStores();
  const [red, blue] = [await runtimeOf(container, 'red'), await runtimeOf(container, 'blue')];
  const request = { name: 'ci', grants: [grantOf('read')] };
  const { token } = await red.tokens.create(inTenant('red'), request);
  expect(red.tokens.authenticate(token)?.tenant).toBe('red');
  expect(blue.tokens.authenticate(token)).toBeUndefined();
  await blue.tokens.create(inTenant('blue'), request);
  await blue.tokens.revoke(inTenant('blue'), 'ci');
  expect(red.tokens.authenticate(token)?.tenant).toBe('red');
});

test('T-532 each operation of each port refuses a caller of another tenant', async () => {
  const runtime = await runtimeOf(sharedStores(), 'red');
  const ports = Object.entries(
    runtime as unknown as Record<string, Record<string, (first: unknown) => unknown>>,
  ).filter(([name, port]) => typeof port === 'object' && !['instance', 'limits', 'systemTools'].includes(name));
  const operations = ports.flatMap(([name, port]) =>
    Object.entries(port).map(([member, operation]) => ({ name: `${name}.${member}`, operation })),
  );
  expect(operations.length).toBeGreaterThan(60);
  const foreign = [embeddedCaller, inTenant('blue'), { ...embeddedCaller, tenant: '../red' }];
  for (const { name, operation } of operations) {
    for (const first of foreign.flatMap((caller) => [caller, { caller }])) {
      const result = await Promise.resolve()
        .then(() => operation(first))
        .catch((error: unknown) => error);
      expect({ name, result }).toMatchObject({
        name,
        result: { failure: { code: 'REQUEST_INVALID', field: 'caller.tenant' } },
      });
    }
  }
  await expect(runtime.explain(embeddedCaller, 'x')).rejects.toThrow(
    "this runtime serves the tenant 'red', not 'default'",
  );
  await expect(runtime.explain(inTenant('red'), 'x', embeddedCaller)).rejects.toThrow('this runtime serves');
});

test('a runtime without a tenant refuses callers of others, and a text that is not a tenant is refused at the start', async () => {
  await using runtime = await createRuntime();
  expect(() => runtime.services.list(inTenant('red'))).toThrow("this runtime serves the tenant 'default', not 'red'");
  for (const tenant of ['', 'Red', '../x', '*', 'x'.repeat(64)])
    await expect(createRuntime({ options: { tenant } })).rejects.toMatchObject({
      failure: { field: 'options.tenant' },
    });
});

test('the journal of another tenant is refused', async () => {
  const telemetry = new MemoryTelemetry({ tenant: 'red' });
  await using runtime = await createRuntime({ adapters: { telemetry }, options: { tenant: 'red' } });
  expect(await telemetry.events('red', { limit: 9 })).toEqual([expect.objectContaining({ kind: 'runtime.started' })]);
  await expect(runtime.audit.recent(embeddedCaller, { limit: 1 })).rejects.toMatchObject({
    failure: { code: 'REQUEST_INVALID' },
  });
  await expect(telemetry.events('default', { limit: 1 })).rejects.toMatchObject({ kind: 'invalid' });
});
