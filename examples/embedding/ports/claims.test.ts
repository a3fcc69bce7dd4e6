import { expect, test } from '@jest/globals';
import { createContainer, createRuntime, embeddedCaller, PORT } from '@clarity-runtime/core';
import { ReportedNames } from './claim-store.ts';
import { timeConnector, timeManifest } from './service-connector.ts';

test('claimStore: the application is told which service gets a name', async () => {
  const names: string[] = [];
  const claims = new ReportedNames((name) => names.push(name));
  const container = createContainer()
    .register(PORT.claimStore, { useValue: claims })
    .register(PORT.serviceConnector, { useValue: timeConnector(() => new Date(0)) });
  await using runtime = await createRuntime({ container });
  await runtime.services.apply(embeddedCaller, timeManifest);
  expect(names).toEqual(['time']);
});
