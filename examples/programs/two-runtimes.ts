import { createContainer, createRuntime, defineService, embeddedCaller, PORT } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { report } from './greeting.ts';

/** Two runtimes share a registry and nothing else: a service of one is a service of the other, their audits differ. */
async function main(): Promise<object> {
  const container = createContainer();
  container.register(PORT.serviceRegistry, { useValue: new MemoryServiceRegistry() });
  const far = defineService({
    module: 'far',
    origin: { type: 'remote_mcp', endpoint: 'https://far.example/mcp', transport: 'streamable_http' },
    autostart: false,
  });
  const unused = {
    origin: 'remote_mcp',
    admit: () => Promise.resolve(undefined),
    connect: () => Promise.reject(new Error('unused')),
  };
  await using first = await createRuntime({ container, adapters: { connectors: [unused] } });
  await first.services.apply(embeddedCaller, far);
  await using second = await createRuntime({ container, adapters: { connectors: [unused] } });
  const events = await second.audit.recent(embeddedCaller, { limit: 10 });
  return {
    first: first.services.list(embeddedCaller).map(({ service }) => service.namespace),
    second: second.services.list(embeddedCaller).map(({ service }) => service.namespace),
    audited: events.some(({ kind }) => kind === 'service.manifest_applied'),
  };
}

report(main());
