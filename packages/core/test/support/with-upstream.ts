import { createRuntime, type Runtime, type RuntimeAdapters, type RuntimeOptions } from '@clarity-runtime/core';
import { FakeUpstream } from './fake-upstream.ts';
import { manifestOf } from './fake-connector.ts';
import { operator } from './speak.ts';

export interface Upstreams {
  readonly upstream: FakeUpstream;
  readonly runtime: Runtime;
  /** Registers and starts a service. Returns its id. */
  readonly run: (module: string) => Promise<string>;
}

/** Returns a runtime with one fake connector. */
export async function withUpstream(options: RuntimeOptions = {}, adapters: RuntimeAdapters = {}): Promise<Upstreams> {
  const upstream = new FakeUpstream();
  const runtime = await createRuntime({ connectors: [upstream], ...adapters }, { words: 'program', ...options });
  return {
    upstream,
    runtime,
    run: async (module) => {
      const { service } = await runtime.services.apply(operator, manifestOf(module));
      await runtime.services.start(operator, service.serviceId);
      return service.serviceId;
    },
  };
}
