import type { RecordContractTools, RecordStoreSetup } from './record-contract-tools.ts';
import type { Change, Leases } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import { sampleWrite } from './record-samples.ts';
import type { TestKit } from './test-kit.ts';

/** Contract of a `RecordStore` between tenants, handles and holders of leases. */
export function recordSharingContract<T>(
  { test, expect }: TestKit,
  { samples: { make, idOf }, setup, fresh, put, ids }: RecordContractTools<T>,
): void {
  const a = make('a');

  test('F15 tenants share nothing, or another tenant is rejected', async () => {
    const r = await fresh();
    const { revision } = await put(r, a);
    const isStored = await outcomeOf(r.put('acme', make('a', 'other'), 'absent', sampleWrite()));
    if (isStored !== 'ok') {
      expect(isStored).toEqual('invalid');
      expect(await outcomeOf(r.list('acme'))).toEqual('invalid');
      return;
    }
    expect((await r.get('acme', idOf(a)))?.value).toEqual(make('a', 'other'));
    expect((await r.get('default', idOf(a)))?.revision).toEqual(revision);
    await r.remove('default', idOf(a), revision, sampleWrite());
    expect([await ids(r), await ids(r, 'acme')]).toEqual([[], [idOf(a)]]);
    const end = new AbortController();
    const seen: Change<T>[] = [];
    for await (const change of r.watch('default', 'snapshot', end.signal)) {
      seen.push(change);
      if (change.type === 'synced') await r.put('acme', make('b'), 'any', sampleWrite());
      if (change.type === 'synced') await put(r, make('c'));
      if (change.type === 'put') end.abort();
    }
    expect(seen.flatMap((change) => (change.type === 'put' ? [idOf(change.item.value)] : []))).toEqual([
      idOf(make('c')),
    ]);
  });
  test('F15 a text that is not the name of a tenant is rejected', async () => {
    const r = await fresh();
    for (const tenant of ['', 'A', '../x', 'x'.repeat(64), '*'])
      expect(await outcomeOf(r.put(tenant, a, 'absent', sampleWrite()))).toEqual('invalid');
  });
  test('F13 two handles see the writes of each other, also in watches and conflicts', async () => {
    const pair = await twoHandles(await setup());
    if (pair === undefined) return;
    const { first, second } = pair;
    const end = new AbortController();
    const watching = second.watch('default', 'snapshot', end.signal)[Symbol.asyncIterator]();
    await watching.next();
    const { revision } = await put(first, a);
    expect((await second.get('default', idOf(a), { fresh: true }))?.revision).toEqual(revision);
    const seen = (await watching.next()).value as Change<T>;
    expect(seen.type === 'put' ? seen.item.revision : seen.type).toEqual(revision);
    expect(await outcomeOf(put(second, make('a', 'x')))).toEqual('conflict');
    await second.remove('default', idOf(a), revision, sampleWrite());
    expect(await first.get('default', idOf(a), { fresh: true })).toEqual(undefined);
    end.abort();
  });
  test('F13 a write with the fence of an earlier holder is fenced and changes nothing', async () => {
    const { open, leases } = await setup();
    if (leases === undefined) return;
    const r = await open();
    const value = await fenceOf(leases);
    await r.put('default', a, 'absent', { ...sampleWrite(), fence: { lease: 'own/a', value } });
    const later = await fenceOf(leases);
    const stale = { ...sampleWrite(), fence: { lease: 'own/a', value } };
    expect(await outcomeOf(r.put('default', make('a', 'x'), 'any', stale))).toEqual('fenced');
    expect(await outcomeOf(r.remove('default', idOf(a), 'any', stale))).toEqual('fenced');
    expect((await r.get('default', idOf(a)))?.value).toEqual(a);
    const valid = { ...sampleWrite(), fence: { lease: 'own/a', value: later } };
    expect(await outcomeOf(r.put('default', make('a', 'x'), 'any', valid))).toEqual('ok');
  });
}

async function twoHandles<T>({ open, second }: RecordStoreSetup<T>) {
  if (second === undefined) return undefined;
  const first = await open();
  return { first, second: await second(first) };
}

/** Returns the fence of a new holder. */
async function fenceOf(leases: Leases): Promise<string> {
  const lease = await leases.acquire('default', 'own/a', { ttlMs: 10_000 });
  if (!lease.held) throw new Error(`held by ${lease.by}`);
  await lease.release();
  return lease.fence;
}
