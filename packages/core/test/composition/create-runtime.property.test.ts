import { expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import {
  createRuntime,
  embeddedCaller,
  systemClock,
  type AuditEvent,
  type RuntimeAdapters,
} from '@clarity-runtime/core';
import { systemEntropy } from '@clarity-runtime/core/internal';
import {
  MemoryPolicyRegistry,
  MemorySecretStore,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { FakeConnector, manifestOf } from '../support/fake-connector.ts';

const makers: { readonly [Name in keyof RuntimeAdapters]?: () => RuntimeAdapters[Name] } = {
  registry: () => new MemoryServiceRegistry(),
  telemetry: () => new MemoryTelemetry(),
  policies: () => new MemoryPolicyRegistry(),
  connectors: () => [new FakeConnector()],
  secretStore: () => new MemorySecretStore(),
  credentialProviders: () => [],
  clientConfigs: () => ({ clients: [], entry: () => ({}) as never }),
  clock: () => systemClock,
  entropy: () => systemEntropy,
  cleaner: () => ({ cleanUp: () => Promise.resolve({ removed: [], left: [] }) }),
  owned: () => [],
};
const names = Object.keys(makers) as (keyof typeof makers)[];

test('createRuntime works with every subset of the adapters', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(names), async (given) => {
      const adapters = Object.fromEntries(given.map((name) => [name, makers[name]?.()])) as RuntimeAdapters;
      const kinds: string[] = [];
      const ended: string[] = [];
      {
        await using runtime = await createRuntime(adapters);
        runtime.on('audited', ({ kind }) => kinds.push(kind));
        runtime.on('runtime.closing', ({ instance }) => ended.push(instance));
        const applied = runtime.services.apply(embeddedCaller, manifestOf('calc'));
        if (given.includes('connectors'))
          await runtime.services.start(embeddedCaller, (await applied).service.serviceId);
        else await expect(applied).rejects.toMatchObject({ failure: { code: 'ORIGIN_UNSUPPORTED' } });
        expect(await runtime.tools.list(embeddedCaller)).toHaveLength(given.includes('connectors') ? 1 : 0);
      }
      expect(kinds.includes('service.started')).toBe(given.includes('connectors'));
      expect(kinds.at(-1)).toBe('runtime.stopped');
      expect(ended).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('Runtime.on has typed events and rejects unknown names', async () => {
  await using runtime = await createRuntime();
  runtime.on('audited', (event) => {
    expectTypeOf(event).toEqualTypeOf<AuditEvent>();
  });
  runtime.on('tools.changed', (event) => {
    expectTypeOf(event.serviceId).toBeString();
  });
  // @ts-expect-error -- unknown event name
  expect(() => runtime.on('nothing', () => undefined)).toThrow();
});
