import { expect, test } from '@jest/globals';
import { createContainer, createRuntime, embeddedCaller, perRuntime, PORT, type Runtime } from '@clarity-runtime/core';
import {
  MemoryPolicyRegistry,
  MemorySecretStore,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import { FakeConnector } from '../support/fake-connector.ts';
import { disposable, withDispose } from '../support/recorded.ts';

const kinds = async (runtime: Runtime): Promise<readonly string[]> =>
  (await runtime.audit.recent(embeddedCaller, { limit: 9 })).map(({ kind }) => kind);

test('a port resolves to the embedder, then to the adapter, then to the default', async () => {
  const log: string[] = [];
  const mine = new MemorySecretStore();
  const given = new MemorySecretStore();
  const container = createContainer();
  container.register(PORT.secretStore, { useValue: mine });
  const adapters = { secretStore: withDispose(given, 'adapter', log), telemetry: new MemoryTelemetry() };
  const runtime = await createRuntime({ container, adapters });
  await runtime.secrets.set(embeddedCaller, 'file:mail', 'value');
  expect([await mine.names('default'), await given.names('default')]).toEqual([['mail'], []]);
  expect((await adapters.telemetry.events('default', { limit: 9 })).length).toBe((await kinds(runtime)).length);
  expect(runtime.policies.list(embeddedCaller)).toHaveLength(1);
  await runtime.close();
  // The runtime owns every adapter that it was given, used or not.
  expect(log).toEqual(['adapter']);
});

test('registrations of a port that takes several replace the list of the adapters', async () => {
  const container = createContainer();
  const provider = (scheme: string) => ({
    scheme,
    resolve: () => Promise.reject(new Error('not used')),
    validate: () => Promise.resolve({ valid: true, issues: [], headers: [] }),
    health: () => Promise.resolve({ healthy: true, detail: '' }),
  });
  container.register(PORT.credentialProvider, { useValue: provider('one') });
  container.register(PORT.credentialProvider, { useValue: provider('two') });
  await using runtime = await createRuntime({ container, adapters: { credentialProviders: [provider('three')] } });
  const { providers } = await runtime.secrets.providers(embeddedCaller);
  expect(providers.filter(({ supported }) => supported).map(({ name }) => name)).toEqual(['one', 'two']);
});

test('an empty list of credential providers leaves the runtime without any', async () => {
  await using runtime = await createRuntime({ credentialProviders: [] });
  const { providers } = await runtime.secrets.providers(embeddedCaller);
  expect(providers.filter(({ supported }) => supported)).toEqual([]);
});

test('a container of the embedder keeps its registrations and gets none of the runtime', async () => {
  const container = createContainer();
  await using runtime = await createRuntime({ container });
  expect(runtime.storage().state).toBe('up');
  expect(Object.values(PORT).filter((token) => container.isRegistered(token, true))).toEqual([]);
});

test('createRuntime rejects an adapter beside the members of the long form', async () => {
  const mixed = { options: {}, registry: new MemoryServiceRegistry() };
  // @ts-expect-error -- an adapter belongs in `adapters`
  await expect(createRuntime(mixed)).rejects.toThrow("move 'registry' into 'adapters'");
});

/** Adapters that log their disposal; `owned` is given in the order of disposal. */
const logged = (log: string[], broken?: string) => ({
  telemetry: withDispose(new MemoryTelemetry(), 'telemetry', log, broken === 'telemetry'),
  policies: withDispose(new MemoryPolicyRegistry(), 'policies', log),
  registry: withDispose(new MemoryServiceRegistry(), 'registry', log),
  connectors: [withDispose(new FakeConnector(), 'connector', log)],
  owned: [disposable('host', log), disposable('lock', log, broken === 'lock')],
});
const ORDER = ['connector', 'registry', 'policies', 'telemetry', 'host', 'lock'];

test('F12 a failed start disposes the adapters and every perRuntime instance', async () => {
  const log: string[] = [];
  const container = createContainer();
  container.register(
    PORT.resource,
    perRuntime(() => disposable('resource', log)),
  );
  const shared = withDispose(new MemorySecretStore(), 'shared', log);
  container.register(PORT.secretStore, { useValue: shared });
  const adapters = logged(log);
  const lost = new Error('the registry is lost');
  const failing = Object.assign(Object.create(adapters.registry) as MemoryServiceRegistry, {
    list: () => Promise.reject(lost),
    [Symbol.asyncDispose]: () => adapters.registry[Symbol.asyncDispose](),
  });
  const start = createRuntime({ container, adapters: { ...adapters, registry: failing } });
  await expect(start).rejects.toBe(lost);
  expect(log).toEqual(['resource', ...ORDER]);
});

test('F12 a factory that throws disposes the instances made before it', async () => {
  const log: string[] = [];
  const container = createContainer();
  container.register(
    PORT.telemetry,
    perRuntime(() => withDispose(new MemoryTelemetry(), 'telemetry', log)),
  );
  container.register(
    PORT.policyRegistry,
    perRuntime((c): MemoryPolicyRegistry => {
      c.resolve(PORT.telemetry);
      throw new Error('no database');
    }),
  );
  await expect(createRuntime({ container, adapters: { owned: [disposable('host', log)] } })).rejects.toThrow(
    'no database',
  );
  expect(log).toEqual(['telemetry', 'host']);
});

test('F12 a failed start whose disposal fails rejects with both errors', async () => {
  const log: string[] = [];
  const container = createContainer();
  container.register(
    PORT.clock,
    perRuntime(() => {
      throw new Error('no clock');
    }),
  );
  const error: unknown = await createRuntime({ container, adapters: logged(log, 'telemetry') }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).errors.map(String)).toEqual(['Error: no clock', 'Error: telemetry is broken']);
  expect(log).toEqual(ORDER);
});

test('F12 close disposes everything in reverse order of creation although one fails', async () => {
  const log: string[] = [];
  const container = createContainer();
  for (const name of ['first', 'second']) {
    container.register(
      PORT.resource,
      perRuntime(() => disposable(name, log, name === 'second')),
    );
  }
  const runtime = await createRuntime({ container, adapters: logged(log, 'telemetry') });
  const error: unknown = await runtime.close().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AggregateError);
  expect((error as AggregateError).errors.map(String)).toEqual([
    'Error: second is broken',
    'Error: telemetry is broken',
  ]);
  expect(log).toEqual(['second', 'first', ...ORDER]);
});

test('an object in two places of the adapters is disposed once', async () => {
  const log: string[] = [];
  const registry = withDispose(new MemoryServiceRegistry(), 'registry', log);
  const runtime = await createRuntime({ registry, owned: [registry] });
  await runtime.close();
  await runtime.close();
  expect(log).toEqual(['registry']);
});

test('a spread copy of a runtime and of its audit keeps every operation', async () => {
  await using runtime = await createRuntime();
  const copy: Runtime = { ...runtime, audit: { ...runtime.audit } };
  expect(Object.keys(copy.audit)).toEqual(['record', 'recent', 'page', 'replay', 'cursorOf', 'verify', 'logs']);
  copy.on('audited', () => undefined)();
  expect(await kinds(copy)).toEqual(['runtime.started']);
  expect((await copy.explain(embeddedCaller, 'none')).visibility).toBe('unknown');
  expect([copy.storage().state, copy.metrics().calls.length]).toEqual(['up', 0]);
});
