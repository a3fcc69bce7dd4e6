import { expect, test } from '@jest/globals';
import {
  createContainer,
  createRuntime,
  defineService,
  embeddedCaller,
  PORT,
  systemClock,
  type Runtime,
} from '@clarity-runtime/core';
import { MemoryLeases } from '@clarity-runtime/core/memory';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { LocalPeers } from './peers.ts';
import { timeConnector } from './service-connector.ts';

/** A connector whose services count as processes: runtimes over one store have one of each. */
function processConnector(now: string, onStart: () => void): ServiceConnector {
  const connector = timeConnector(() => new Date(now));
  if (connector.kind === undefined) throw new Error('the connector has no kind');
  return {
    ...connector,
    kind: { ...connector.kind, runsCommand: true },
    connect: (...given) => {
      onStart();
      return connector.connect(...given);
    },
  };
}

test('peers: two runtimes have one process of a service, and both call it', async () => {
  const peers = new LocalPeers();
  const leases = new MemoryLeases({ clock: systemClock });
  const starts: string[] = [];
  const start = (name: string, now: string): Promise<Runtime> =>
    createRuntime({
      container: createContainer()
        .register(PORT.leases, { useValue: leases.handle(name) })
        .register(PORT.peers, { useValue: peers.of(name) })
        .register(PORT.serviceConnector, { useValue: processConnector(now, () => starts.push(name)) }),
    });
  await using blue = await start('blue', '2026-01-01T00:00:00.000Z');
  await using green = await start('green', '2026-12-31T00:00:00.000Z');
  const manifest = defineService({ origin: { type: 'application' }, module: 'time', autostart: false }, [
    timeConnector(() => new Date()),
  ]);
  for (const runtime of [blue, green]) {
    const { service } = await runtime.services.apply(embeddedCaller, manifest);
    await runtime.services.start(embeddedCaller, service.serviceId);
    const { content } = await runtime.tools.call(embeddedCaller, { name: 'time__now', arguments: {} });
    expect(content).toEqual([{ type: 'text', text: '2026-01-01T00:00:00.000Z' }]);
  }
  expect(starts).toEqual(['blue']);
});
