import type { Lease, Leases } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

/** `open` starts the same store again. One start is open at a time. */
export interface LeasesSetup {
  readonly open: () => Promise<Leases>;
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
      expect([lease.name, lease.lost.aborted, Number.isSafeInteger(lease.fence)]).toEqual(['svc_1', false, true]);
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
      expect(later.fence > fence).toEqual(s.durable);
    });
  });
}
