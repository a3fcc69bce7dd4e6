import type { Fence, Lease, Leases } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

/** `open` starts the same store again. One start is open at a time. */
export interface LeasesSetup {
  readonly open: () => Promise<Leases>;
  /** Opens a competing handle while the first is open; absent for a store of one process. */
  readonly second?: (first: Leases) => Promise<Leases>;
  /** Lets the time of the store and of this process pass; required with `second`. */
  readonly pass?: (ms: number) => Promise<void>;
  /** Returns whether a fence is greater than another; only the store can compare them. */
  readonly isGreater: (fence: Fence, than: Fence) => boolean;
  /** Whether the count of starts survives the process. */
  readonly durable: boolean;
}

/** Contract of `Leases`. */
export function leasesContract(kit: TestKit, name: string, setup: () => Promise<LeasesSetup>): void {
  const { describe, test, expect } = kit;
  const fresh = async (): Promise<Leases> => (await setup()).open();
  const take = async (leases: Leases, what = 'svc_1'): Promise<Lease> => {
    const answer = await leases.acquire('default', what, { ttlMs: 10_000 });
    if (!answer.held) throw new Error(`held by ${answer.by}`);
    return answer;
  };

  describe(`Leases contract: ${name}`, () => {
    test('acquire grants a free name, with a fence', async () => {
      const lease = await take(await fresh());
      expect([lease.name, lease.lost.aborted, typeof lease.fence]).toEqual(['svc_1', false, 'string']);
      await lease.renew();
    });
    test('acquire of a held name returns the same fence', async () => {
      const leases = await fresh();
      const first = await take(leases);
      expect((await take(leases)).fence).toEqual(first.fence);
      expect(first.lost.aborted).toEqual(false);
    });
    test('a released lease is lost and cannot be renewed; a second release does nothing', async () => {
      const leases = await fresh();
      const lease = await take(leases);
      const other = await take(leases, 'svc_2');
      await lease.release();
      await lease.release();
      expect([lease.lost.aborted, other.lost.aborted]).toEqual([true, false]);
      expect(await outcomeOf(lease.renew())).toEqual('fenced');
      await take(leases);
    });
    test('an aborted request and a ttl of 0 are rejected', async () => {
      const leases = await fresh();
      const aborted = leases.acquire('default', 'a', { ttlMs: 1, signal: AbortSignal.abort() });
      expect(await outcomeOf(aborted)).toEqual('aborted');
      for (const ttlMs of [0, -1, NaN])
        expect(await outcomeOf(leases.acquire('default', 'a', { ttlMs }))).toEqual('invalid');
    });
    test('dispose loses every lease, and later requests are rejected', async () => {
      const leases = await fresh();
      const lease = await take(leases);
      await leases[Symbol.asyncDispose]();
      expect(lease.lost.aborted).toEqual(true);
      expect(await outcomeOf(lease.renew())).toEqual('fenced');
      expect(await outcomeOf(leases.acquire('default', 'a', { ttlMs: 1 }))).toEqual('closed');
    });
    test('a later holder has a greater fence', async () => {
      const s = await setup();
      const leases = await s.open();
      const { fence } = await take(leases);
      await leases[Symbol.asyncDispose]();
      const later = await take(await s.open());
      expect(s.isGreater(later.fence, fence)).toEqual(s.durable);
    });
    test('a watch yields the holders with the prefix, then synced, then changes', async () => {
      const leases = await fresh();
      await take(leases, 'own/a');
      await take(leases, 'node/x');
      const end = new AbortController();
      const seen: string[] = [];
      for await (const change of leases.watch('own/', 'snapshot', end.signal)) {
        seen.push(
          change.type === 'put' ? change.item.value.name : change.type === 'remove' ? `-${change.id}` : change.type,
        );
        if (change.type === 'synced') await (await take(leases, 'own/b')).release();
        if (change.type === 'remove') end.abort();
      }
      expect(seen).toEqual(['own/a', 'synced', 'own/b', '-own/b']);
    });
    test('F13 of two handles one has a lease, and the other gets it after the release, with a greater fence', async () => {
      const pair = await twoHandles(await setup());
      if (pair === undefined) return;
      const { first, second, isGreater } = pair;
      const lease = await take(first);
      const answer = await second.acquire('default', 'svc_1', { ttlMs: 10_000 });
      expect([answer.held, answer.held || answer.retryAfterMs > 0]).toEqual([false, true]);
      expect((await second.acquire('default', 'svc_2', { ttlMs: 10_000 })).held).toEqual(true);
      await lease.release();
      expect(isGreater((await take(second)).fence, lease.fence)).toEqual(true);
      expect(await outcomeOf(lease.renew())).toEqual('fenced');
    });
    test('F13 a lease is lost after 2/3 of its time without a renewal, and free after all of it', async () => {
      const pair = await twoHandles(await setup());
      if (pair === undefined) return;
      const { first, second, pass, isGreater } = pair;
      const lease = await take(first);
      await pass(6_000);
      await lease.renew();
      await pass(6_000);
      expect([lease.lost.aborted, (await second.acquire('default', 'svc_1', { ttlMs: 1 })).held]).toEqual([
        false,
        false,
      ]);
      await pass(1_000);
      expect([lease.lost.aborted, (await second.acquire('default', 'svc_1', { ttlMs: 1 })).held]).toEqual([
        true,
        false,
      ]);
      expect(await outcomeOf(lease.renew())).toEqual('fenced');
      await pass(4_000);
      expect(isGreater((await take(second)).fence, lease.fence)).toEqual(true);
    });
    test('F13 a watch reports an expired lease', async () => {
      const pair = await twoHandles(await setup());
      if (pair === undefined) return;
      const { first, second, pass } = pair;
      await take(first);
      const end = new AbortController();
      const seen: string[] = [];
      for await (const { type } of second.watch('svc_', 'snapshot', end.signal)) {
        seen.push(type);
        if (type === 'synced') await pass(11_000);
        if (type === 'remove') end.abort();
      }
      expect(seen).toEqual(['put', 'synced', 'remove']);
    });
  });
}

async function twoHandles({ open, second, pass, isGreater }: LeasesSetup) {
  if (second === undefined || pass === undefined) return undefined;
  const first = await open();
  return { first, second: await second(first), pass, isGreater };
}
