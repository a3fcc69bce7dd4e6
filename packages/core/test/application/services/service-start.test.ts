import { expect, test } from '@jest/globals';
import { childProcess, createRuntime, type Service } from '@clarity-runtime/core';
import { ManualClock, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { Connection, ServiceConnector } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';

/** A connector of child processes that remembers the services of its starts. */
function processes(
  fake = new FakeConnector(),
): ServiceConnector & { readonly seen: Service[]; readonly fake: FakeConnector } {
  const seen: Service[] = [];
  return {
    origin: 'local_process',
    seen,
    fake,
    admit: () => Promise.resolve(undefined),
    connect: (service, events, options): Promise<Connection> => {
      seen.push(service);
      return fake.connect(service, events, options);
    },
  };
}

test('M19 boot starts a limited number of child processes at once, and a queued start uses no limit', async () => {
  const connector = processes();
  const clock = new ManualClock();
  const waiting: (() => void)[] = [];
  connector.fake.connecting = () => new Promise<void>((resolve) => waiting.push(resolve));
  const runtime = await createRuntime({ connectors: [connector], clock }, { supervision: { startsAtOnce: 2 } });
  for (const module of ['a', 'b', 'c', 'd', 'e']) {
    await runtime.services.apply(operator, childProcess('program', [], { module, start: { maxMs: 20_000 } }));
  }
  const booting = runtime.autostart();
  for (const expected of [2, 4, 5]) {
    await settled();
    expect(connector.seen).toHaveLength(expected);
    clock.advance(15_000);
    await settled();
    for (const open of waiting.splice(0)) open();
  }
  await booting;
  const states = runtime.services.list(operator).map(({ status }) => status.lifecycle);
  expect(states).toEqual(Array(5).fill('RUNNING'));
  await runtime.close();
});

test('M19 a start that a caller requests does not wait for the starts of the boot', async () => {
  const connector = processes();
  connector.fake.connecting = () => new Promise(() => undefined);
  const runtime = await createRuntime({ connectors: [connector] }, { supervision: { startsAtOnce: 1 } });
  await runtime.services.apply(operator, childProcess('program', [], { module: 'slow' }));
  const { service } = await runtime.services.apply(
    operator,
    childProcess('program', [], { module: 'mine', autostart: false }),
  );
  void runtime.autostart();
  await settled();
  connector.fake.connecting = () => Promise.resolve();
  expect((await runtime.services.start(operator, service.serviceId)).status.lifecycle).toBe('RUNNING');
  await runtime.close();
});

test('Q32 the era of a child process is stored and passed to the connector of a later runtime', async () => {
  const registry = new MemoryServiceRegistry();
  const first = processes();
  const one = await createRuntime({ connectors: [first], registry });
  const manifest = childProcess('program', ['x'], { module: 'a' });
  await one.services.apply(operator, manifest);
  await one.autostart();
  await settled();
  const second = processes();
  const two = await createRuntime({ connectors: [second], registry });
  await two.autostart();
  expect(first.seen.map(({ era }) => era)).toEqual([undefined]);
  expect(second.seen.map(({ era }) => era)).toEqual(['legacy']);
  await Promise.all([one.close(), two.close()]);
});

test('Q32 the era that a remote service has shown is stored, an assumed one is not', async () => {
  const connector = new FakeConnector();
  const connect = connector.connect.bind(connector);
  let isEraProven = false;
  connector.connect = async (service, events, options) => ({
    ...(await connect(service, events, options)),
    isEraProven,
  });
  const registry = new MemoryServiceRegistry();
  const runtime = await createRuntime({ connectors: [connector], registry });
  const { service } = await runtime.services.apply(operator, manifestOf('a'));
  const storedEra = async () => {
    await settled();
    return (await registry.list('default')).items.map(({ value }) => value.era);
  };
  await runtime.services.start(operator, service.serviceId);
  expect(await storedEra()).toEqual([undefined]);
  isEraProven = true;
  await runtime.services.restart(operator, service.serviceId);
  expect(await storedEra()).toEqual(['legacy']);
  await runtime.close();
});
