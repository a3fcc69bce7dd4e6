import type { ClaimRecord } from '@clarity-runtime/core';
import { MemoryClaimStore } from '@clarity-runtime/core/memory';
import { inMemory } from '@clarity-runtime/core/registry';

/** Returns `inner`, which adds the name of each called method to `calls`: `()` for a direct call, `dispose` for `asyncDispose`. */
export function recorded<T extends object>(inner: T, calls: string[]): T {
  return new Proxy(inner, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        calls.push(key === Symbol.asyncDispose ? 'dispose' : String(key));
        return Reflect.apply(member, target, args);
      };
    },
    apply: (target, self, args) => {
      calls.push('()');
      return Reflect.apply(target as (...given: unknown[]) => unknown, self, args);
    },
  });
}

/** A disposable that adds its name to `log`, and then fails if `isBroken`. */
export const disposable = (name: string, log: string[], isBroken = false): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => {
    log.push(name);
    return isBroken ? Promise.reject(new Error(`${name} is broken`)) : Promise.resolve();
  },
});

/** Wraps `inner` with the `dispose` of `disposable(name, log, isBroken)`. */
export const withDispose = <T extends object>(inner: T, name: string, log: string[], isBroken = false): T =>
  new Proxy(inner, {
    get: (target, key) => {
      const member: unknown = Reflect.get(
        key === Symbol.asyncDispose ? disposable(name, log, isBroken) : target,
        key,
        target,
      );
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

/** Returns claims in memory that say that several processes use them. */
export function sharedClaims(): MemoryClaimStore {
  const backing = inMemory<ClaimRecord>();
  return new MemoryClaimStore({ ...backing, capabilities: { ...backing.capabilities, shared: true } });
}
