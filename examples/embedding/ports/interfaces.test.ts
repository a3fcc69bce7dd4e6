import { expect, test } from '@jest/globals';
import { createContainer, createRuntime, embeddedCaller, PORT, RawJson, type Container } from '@clarity-runtime/core';
import type { ServiceConnector } from '@clarity-runtime/core/ports';
import { operatorJudge } from './interface-judge.ts';
import { cachedInterfaces } from './interface-store.ts';
import { timeConnector, timeManifest } from './service-connector.ts';

const manifest = { ...timeManifest, spec: { ...timeManifest.spec, pinInterface: true } };

/** A connector whose services list more than a judge compares in the thread of the application. */
function largeConnector(): ServiceConnector {
  const small = timeConnector(() => new Date());
  const tools = Array.from({ length: 40 }, (_, i) => ({
    name: `tool_${String(i)}`,
    description: 'Returns a time. '.repeat(60),
    inputSchema: { type: 'object' },
  }));
  return {
    ...small,
    connect: async (service, events, options) => {
      const connection = await small.connect(service, events, options);
      return {
        ...connection,
        request: (request, limits) =>
          request.method === 'tools/list'
            ? Promise.resolve({ result: RawJson.of({ tools }) })
            : connection.request(request, limits),
      };
    },
  };
}

async function startService(container: Container): Promise<AsyncDisposable & { readonly tools: number }> {
  const runtime = await createRuntime({ container });
  const { service } = await runtime.services.apply(embeddedCaller, manifest);
  await runtime.services.start(embeddedCaller, service.serviceId);
  const tools = await runtime.tools.list(embeddedCaller);
  return { tools: tools.length, [Symbol.asyncDispose]: () => runtime.close() };
}

test('interfaceJudge: a pinned service offers no large interface that was not compared', async () => {
  let asked = 0;
  const container = createContainer()
    .register(PORT.serviceConnector, { useValue: largeConnector() })
    .register(PORT.interfaceJudge, { useValue: operatorJudge(() => (asked += 1)) });
  await using started = await startService(container);
  expect([asked, started.tools]).toEqual([1, 0]);
});

test('interfaceStore: the cache of the application keeps the last known interface', async () => {
  const cache = new Map<string, string>();
  const store = cachedInterfaces({
    get: (key) => Promise.resolve(cache.get(key)),
    set: (key, value) => Promise.resolve(void cache.set(key, value)),
    delete: (key) => Promise.resolve(void cache.delete(key)),
  });
  const container = createContainer()
    .register(PORT.serviceConnector, { useValue: timeConnector(() => new Date()) })
    .register(PORT.interfaceStore, { useValue: store });
  {
    await using started = await startService(container);
    expect(started.tools).toBe(1);
  }
  expect([...cache.values()].join()).toContain('Returns the time.');
});
