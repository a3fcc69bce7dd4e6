import type { RecordStore } from '../ports/index.ts';
import { FaultyCalls, type Fault } from './fault.ts';

/**
 * Returns a store over `inner` with a fault from `next` at each call: delays, rejections, and failures that leave open
 * whether the change was or will be applied. `reset` ends a watch with a `reset`.
 */
export function withFaults<T>(inner: RecordStore<T>, next: () => Fault): RecordStore<T> {
  const calls = new FaultyCalls(next);
  return {
    capabilities: inner.capabilities,
    get health() {
      return inner.health;
    },
    list: (tenant, options) => calls.run(() => inner.list(tenant, options)),
    get: (tenant, id, options) => calls.run(() => inner.get(tenant, id, options)),
    put: (tenant, value, expect, context) => calls.run(() => inner.put(tenant, value, expect, withoutSignal(context))),
    remove: (tenant, id, expect, context) => calls.run(() => inner.remove(tenant, id, expect, withoutSignal(context))),
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

/** Returns a port over `inner` with a fault from `next` at each call of the named methods, which return promises. */
export function withCallFaults<T extends object>(inner: T, methods: readonly (keyof T)[], next: () => Fault): T {
  const calls = new FaultyCalls(next);
  return new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method = member as (...given: readonly unknown[]) => Promise<unknown>;
      if (!methods.includes(name as keyof T)) return method.bind(target);
      return (...given: readonly unknown[]) => calls.run(() => method.apply(target, [...given]));
    },
  });
}

/** A request that was sent cannot be taken back, so a late change ignores a signal that aborts afterwards. */
const withoutSignal = <C extends { readonly signal?: AbortSignal }>(context: C): C => {
  if (context.signal?.aborted !== false) return context;
  const sent: C & { signal?: AbortSignal } = { ...context };
  delete sent.signal;
  return sent;
};
