import { expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller } from '@clarity-runtime/core';
import type { Connection } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';

test('the view of a running service has the warnings of its connection, and that of a stopped one has none', async () => {
  const connector = new FakeConnector();
  const connect = connector.connect.bind(connector);
  connector.connect = async (...given): Promise<Connection> => ({
    ...(await connect(...given)),
    warnings: ['Export without a tool: pair (it returns 2 values).'],
  });
  await using runtime = await createRuntime({ adapters: { connectors: [connector] } });
  const { service } = await runtime.services.apply(embeddedCaller, manifestOf('sample'));
  const warnings = (): readonly string[] | undefined =>
    runtime.services.get(embeddedCaller, service.serviceId).warnings;
  expect(warnings()).toBeUndefined();
  await runtime.services.start(embeddedCaller, service.serviceId);
  expect(warnings()).toEqual(['Export without a tool: pair (it returns 2 values).']);
  await runtime.services.stop(embeddedCaller, service.serviceId);
  expect(warnings()).toBeUndefined();
});
