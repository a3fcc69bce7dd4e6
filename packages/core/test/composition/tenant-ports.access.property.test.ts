import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createRuntime,
  embeddedCaller,
  type Caller,
  type Door,
  type Grant,
  type Profile,
  type Runtime,
} from '@clarity-runtime/core';
import { VERBS } from '../../src/domain/access/grant.ts';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';

const TENANTS = ['default', 'red', 'blue'] as const;
type Tenant = (typeof TENANTS)[number];
/** `docs` and `mail` are the same in each tenant, the last one is not. */
const servicesOf = (tenant: Tenant): readonly string[] => ['docs', 'mail', `only_${tenant}`];
const TOOLS = ['search', 'read', 'delete'];
const PROFILES = ['p1', 'p2'];

const runtimes = new Map<Tenant, Runtime>();
const called: { tenant: Tenant; name: unknown }[] = [];

const profile = (name: string, services: readonly string[]): Profile => ({
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name },
  spec: { services: [...services], tools: { deny: ['*/delete'] } },
});

beforeAll(async () => {
  for (const tenant of TENANTS) {
    const connector = new FakeConnector();
    const { answer } = connector;
    connector.answer = (request, exchange) => {
      called.push({ tenant, name: request.params.get('name')?.value });
      return answer(request, exchange);
    };
    const runtime = await createRuntime({
      adapters: { connectors: [connector] },
      options: { tenant, localServiceTools: false },
    });
    runtimes.set(tenant, runtime);
    const owner = { ...embeddedCaller, tenant };
    for (const name of servicesOf(tenant)) {
      connector.tools.set(
        name,
        TOOLS.map((tool) => ({ name: tool })),
      );
      const { service } = await runtime.services.apply(owner, manifestOf(name));
      await runtime.services.start(owner, service.serviceId);
    }
    await runtime.profiles.apply(owner, profile('p1', ['docs', 'only*']));
    await runtime.profiles.apply(owner, profile('p2', ['mail']));
  }
});
afterAll(async () => {
  for (const runtime of runtimes.values()) await runtime.close();
});

const PATTERNS = ['*', 'd*', 'docs', 'mail', 'only_red', 'only*', 'search', 'read', '*e*'];
const patterns = fc.uniqueArray(fc.constantFrom(...PATTERNS), { minLength: 1, maxLength: 3 });
const grant: fc.Arbitrary<Grant> = fc.record(
  {
    verbs: fc.uniqueArray(fc.constantFrom(...VERBS), { minLength: 1, maxLength: 4 }),
    services: patterns,
    tools: patterns,
    except: fc.record({ tools: patterns }),
  },
  { requiredKeys: ['verbs', 'services', 'tools'] },
);
const door: fc.Arbitrary<Door> = fc.constantFrom('mcp', 'http', 'embedded', 'metrics');
const token = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  door,
  grants: fc.array(
    fc.oneof(
      { weight: 2, arbitrary: grant },
      fc.constant<Grant>({ verbs: ['read', 'call'], services: ['*'], tools: ['*'] }),
    ),
    { maxLength: 3 },
  ),
  profile: fc.option(fc.constantFrom(...PROFILES, 'none'), { nil: undefined, freq: 2 }),
  at: fc.constantFrom(...TENANTS),
});

const isCalled = (work: Promise<{ readonly isError: boolean }>): Promise<boolean> =>
  work.then(
    ({ isError }) => !isError,
    () => false,
  );

test('T-533 for each token, profile, tenant and tool, a list shows exactly what a call allows, in the own tenant only', async () => {
  await fc.assert(
    fc.asyncProperty(token, async ({ tenant, door: at, grants, profile: bound, at: where }) => {
      const runtime = runtimes.get(where) as Runtime;
      const caller: Caller = {
        tenant,
        principal: { kind: 'token', id: 'token:t' },
        credential: { kind: 'token', id: 't' },
        door: at,
        grants,
        ...(bound === undefined ? {} : { profile: (runtimes.get(tenant) as Runtime).profiles.bind(bound) }),
      };
      called.length = 0;
      const listed = await runtime.tools.list(caller).then(
        (tools) => new Set(tools.map(({ name }) => name)),
        () => new Set<string>(),
      );
      if (tenant !== where) expect(listed.size).toBe(0);
      for (const service of TENANTS.flatMap(servicesOf)) {
        for (const tool of TOOLS) {
          const name = `${service}__${tool}`;
          const isAllowed = await isCalled(runtime.tools.call(caller, { name }));
          expect({ name, isAllowed }).toEqual({ name, isAllowed: listed.has(name) });
        }
      }
      // A call reaches services of the tenant of the caller alone.
      expect(called.every((call) => call.tenant === tenant && tenant === where)).toBe(true);
      expect(called.length).toBeGreaterThanOrEqual(listed.size);
    }),
    { numRuns: 150 },
  );
});
