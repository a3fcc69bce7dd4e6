import { expect, test } from '@jest/globals';
import { createRuntime, embeddedCaller, type Runtime } from '@clarity-runtime/core';

const CLOSED = { failure: { code: 'RUNTIME_CLOSED', hint: expect.stringContaining('create another runtime') } };
type Ports = Readonly<Record<string, Readonly<Record<string, (...args: readonly unknown[]) => unknown>>>>;

/** Returns each operation of each port by `port.operation`. */
function operationsOf(runtime: Runtime): ReadonlyMap<string, () => unknown> {
  const ports = Object.entries(runtime as unknown as Ports).filter(
    ([name, port]) => typeof port === 'object' && !['instance', 'limits', 'systemTools'].includes(name),
  );
  return new Map(
    ports.flatMap(([name, port]) =>
      Object.entries(port).map(
        ([member, operation]) => [`${name}.${member}`, () => operation(embeddedCaller)] as const,
      ),
    ),
  );
}

test('each operation of a closed runtime throws or rejects with RUNTIME_CLOSED', async () => {
  const runtime = await createRuntime();
  const operations = operationsOf(runtime);
  expect(operations.size).toBeGreaterThan(60);
  await runtime.close();
  for (const [name, operation] of operations) {
    const outcome = await Promise.resolve()
      .then(operation)
      .catch((error: unknown) => error);
    expect({ name, outcome }).toMatchObject({ name, outcome: CLOSED });
  }
  expect(() => runtime.services.list(embeddedCaller)).toThrow('the runtime is closed');
  await expect(runtime.tools.list(embeddedCaller)).rejects.toMatchObject(CLOSED);
  await expect(runtime.autostart()).rejects.toMatchObject(CLOSED);
  await expect(runtime.explain(embeddedCaller, 'a')).rejects.toMatchObject(CLOSED);
  await runtime.close();
});

test('a runtime that did not close cleanly is closed', async () => {
  const broken = { [Symbol.asyncDispose]: () => Promise.reject(new Error('the disk is lost')) };
  const runtime = await createRuntime({ owned: [broken] });
  await expect(runtime.close()).rejects.toThrow(AggregateError);
  await expect(runtime.tools.list(embeddedCaller)).rejects.toMatchObject(CLOSED);
});

test('operations of an open runtime have the ports of the runtime as `this`, also when they are taken out', async () => {
  await using runtime = await createRuntime();
  const taken = { ...runtime.services };
  expect(taken.list(embeddedCaller)).toEqual([]);
  const wrapped: Runtime = { ...runtime, policies: { ...runtime.policies, list: () => [] } };
  expect([
    wrapped.policies.list(embeddedCaller),
    wrapped.policies.get(embeddedCaller, 'default').metadata.name,
  ]).toEqual([[], 'default']);
});
