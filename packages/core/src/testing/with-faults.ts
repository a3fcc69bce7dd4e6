import type { ServiceRegistry } from '../ports/index.ts';
import { meetFault, type Fault } from './fault.ts';

/**
 * Returns a registry over `inner` with a fault from `next` at each call: delays, rejections, and failures that leave open
 * whether the change was applied. `reset` ends a watch with a `reset`.
 */
export function withFaults(inner: ServiceRegistry, next: () => Fault): ServiceRegistry {
  const meet = <T>(work: () => Promise<T>): Promise<T> => meetFault(next(), work);
  return {
    capabilities: inner.capabilities,
    list: (tenant) => meet(() => inner.list(tenant)),
    get: (tenant, serviceId) => meet(() => inner.get(tenant, serviceId)),
    put: (tenant, record, expect, context) => meet(() => inner.put(tenant, record, expect, context)),
    remove: (tenant, serviceId, expect, context) => meet(() => inner.remove(tenant, serviceId, expect, context)),
    watch: async function* (tenant, from, signal) {
      for await (const change of inner.watch(tenant, from, signal)) {
        if (next() === 'reset') {
          yield { type: 'reset', reason: 'injected' };
          return;
        }
        yield change;
      }
    },
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}
