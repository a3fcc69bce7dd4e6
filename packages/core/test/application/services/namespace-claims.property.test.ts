import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createRuntime,
  embeddedCaller,
  isClarityError,
  StoreError,
  type ClaimRecord,
  type Manifest,
  type Runtime,
  type ServiceRecord,
} from '@clarity-runtime/core';
import { ManualClock, MemoryClaimStore, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { ClaimStore, ServiceRegistry } from '@clarity-runtime/core/ports';
import { inMemory } from '@clarity-runtime/core/registry';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { over } from '../../support/mutant-suites.ts';
import { plainEntropy, settled } from '../../support/supervised.ts';

/** Two stores that several runtimes open. */
interface Shared {
  readonly registry: MemoryServiceRegistry;
  readonly claims: MemoryClaimStore;
  readonly clock: ManualClock;
}

const shared = (): Shared => {
  const clock = new ManualClock();
  const backing = <T>() => {
    const inner = inMemory<T>();
    return { ...inner, capabilities: { ...inner.capabilities, shared: true }, now: () => clock.wall() };
  };
  const registry = new MemoryServiceRegistry(backing<ServiceRecord>());
  return { clock, registry, claims: new MemoryClaimStore(backing<ClaimRecord>()) };
};

/** A process: its writes have no effect after `writesLeft` of them. */
interface Daemon {
  readonly runtime: Runtime;
  readonly kill: (afterWrites: number) => void;
}

async function start({ registry, claims, clock }: Shared): Promise<Daemon> {
  let left = Infinity;
  const writes = <S extends ServiceRegistry | ClaimStore>(store: S): S => {
    const guard = async <R>(write: () => Promise<R>): Promise<R> => {
      if (left <= 0) throw new StoreError('unavailable', 'the process is killed');
      left -= 1;
      return write();
    };
    return over<S>(store, {
      put: (...given: Parameters<S['put']>) =>
        guard(() => (store.put as (...all: unknown[]) => Promise<never>)(...given)),
      remove: (...given: Parameters<S['remove']>) =>
        guard(() => (store.remove as (...all: unknown[]) => Promise<never>)(...given)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    } as unknown as Partial<S>);
  };
  const runtime = await createRuntime({
    registry: writes<ServiceRegistry>(registry),
    claims: writes<ClaimStore>(claims),
    connectors: [new FakeConnector()],
    clock,
    entropy: plainEntropy(),
  });
  await settled();
  return {
    runtime,
    kill: (afterWrites) => {
      left = afterWrites;
    },
  };
}

/** A service of one namespace; each build is another target, so that it has another id. */
const manifest = (build: number): Manifest => {
  const { metadata, spec, ...rest } = manifestOf('calc', {
    wasmPath: `/src/build-${String(build)}.wasm`,
    toolNamespace: 'calc',
  });
  return {
    ...rest,
    metadata: { ...metadata, sourceFile: `/src/${String(build)}.clarity` },
    spec: { ...spec, autostart: false },
  };
};

const holdersOf = (runtime: Runtime): readonly string[] =>
  runtime.services
    .list(embeddedCaller)
    .filter(({ service }) => service.namespace === 'calc')
    .map(({ service }) => service.serviceId);

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (isClarityError(error) ? error.code : String(error)),
  );

test('T-516 of two daemons that register one name at the same time, one gets it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.nat(3), async (count, first) => {
      const stores = shared();
      const daemons = await Promise.all(Array.from({ length: count }, () => start(stores)));
      const order = [...daemons.slice(first % count), ...daemons.slice(0, first % count)];
      const codes = await Promise.all(
        order.map(({ runtime }, build) => codeOf(runtime.services.apply(embeddedCaller, manifest(build)))),
      );
      expect(codes.toSorted()).toEqual([...Array<string>(count - 1).fill('NAMESPACE_TAKEN'), 'ok']);
      const next = await start(stores);
      expect(holdersOf(next.runtime)).toHaveLength(1);
    }),
    { numRuns: 20 },
  );
});

test('T-516 after a kill at any write of a replacement one service has the name, and an acknowledged one is never lost', async () => {
  for (const isReplacement of [true, false]) {
    for (let writes = 0; writes <= 6; writes += 1) {
      const stores = shared();
      const first = await start(stores);
      const { service: old } = isReplacement
        ? await first.runtime.services.apply(embeddedCaller, manifest(0))
        : { service: { serviceId: '' } };
      first.kill(writes);
      const expected = isReplacement ? { replaces: old.serviceId } : {};
      const code = await codeOf(first.runtime.services.apply(embeddedCaller, manifest(1), expected));
      const next = await start(stores);
      const holders = holdersOf(next.runtime);
      expect([isReplacement, writes, holders.length]).toEqual([
        isReplacement,
        writes,
        isReplacement || code === 'ok' ? 1 : holders.length,
      ]);
      if (code === 'ok') expect(holders).not.toEqual([old.serviceId]);
      // A minute later nothing of the interrupted change is in the way.
      stores.clock.advance(60_001);
      const again = await codeOf(
        next.runtime.services.apply(
          embeddedCaller,
          manifest(2),
          holders[0] === undefined ? {} : { replaces: holders[0] },
        ),
      );
      expect([writes, again]).toEqual([writes, 'ok']);
      expect(holdersOf(next.runtime)).toHaveLength(1);
      const claim = (await stores.claims.get('default', 'calc'))?.value.serviceId;
      expect([claim]).toEqual(holdersOf(next.runtime));
    }
  }
});

test('T-516 two daemons that replace one service at the same time leave one', async () => {
  const stores = shared();
  const [a, b] = [await start(stores), await start(stores)];
  const { service: old } = await a.runtime.services.apply(embeddedCaller, manifest(0));
  await settled();
  const replace = ({ runtime }: Daemon, build: number): Promise<string> =>
    codeOf(runtime.services.apply(embeddedCaller, manifest(build), { replaces: old.serviceId }));
  const codes = await Promise.all([replace(a, 1), replace(b, 2)]);
  expect(codes.filter((code) => code === 'ok')).toHaveLength(1);
  expect(holdersOf((await start(stores)).runtime)).toHaveLength(1);
});

test('T-516 services of an earlier version get claims at the next start, the first one of two with one name', async () => {
  const stores = shared();
  const alone = await createRuntime({
    registry: over(stores.registry, { [Symbol.asyncDispose]: () => Promise.resolve() }),
    connectors: [new FakeConnector()],
    entropy: plainEntropy(),
  });
  const { service } = await alone.services.apply(embeddedCaller, manifest(0));
  expect((await stores.claims.list('default')).items).toHaveLength(0);
  await start(stores);
  await settled();
  expect((await stores.claims.get('default', 'calc'))?.value.serviceId).toBe(service.serviceId);
});

test('T-516 a removed service gives its name up, and a renamed one its former name', async () => {
  const stores = shared();
  const { runtime } = await start(stores);
  const { service } = await runtime.services.apply(embeddedCaller, manifest(0));
  const renamed = { ...manifest(0), spec: { ...manifest(0).spec, toolNamespace: 'other' } };
  await runtime.services.apply(embeddedCaller, renamed);
  const names = async () => (await stores.claims.list('default')).items.map(({ value }) => value.name);
  expect(await names()).toEqual(['other']);
  await runtime.services.remove(embeddedCaller, service.serviceId);
  expect(await names()).toEqual([]);
});
