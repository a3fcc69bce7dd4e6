import { expect, test } from '@jest/globals';
import { createRuntime } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';

/** A registry that answers until it is told to hang; after that nothing it is asked ever settles. */
function hangable(inner: ServiceRegistry): { readonly registry: ServiceRegistry; readonly hang: () => void } {
  let hung = false;
  const registry = new Proxy(inner, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown =>
        hung ? new Promise(() => undefined) : (Reflect.apply(member, target, args) as unknown);
    },
  });
  return {
    registry,
    hang: () => {
      hung = true;
    },
  };
}

test('a thousand calls are served while every store method hangs', async () => {
  const connector = new FakeConnector();
  const { registry, hang } = hangable(new MemoryServiceRegistry());
  const runtime = await createRuntime({ registry, connectors: [connector] });
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  hang();
  const replies = await Promise.all(
    Array.from({ length: 1_000 }, () => ask(runtime, 'tools/call', { name: 'calc__fn__add', arguments: {} })),
  );
  for (const reply of replies) expect(resultOf(reply)).toMatchObject({ content: [{ text: '7' }] });
  expect(connector.calls).toHaveLength(1_000);
});
