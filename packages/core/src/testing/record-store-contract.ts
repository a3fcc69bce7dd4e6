import { StoreError } from '../domain/errors/store-error.ts';
import type { RecordStore, Revision, Versioned } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { RecordContractTools, RecordStoreSetup } from './record-contract-tools.ts';
import { sampleWrite, type RecordSamples } from './record-samples.ts';
import { recordDeadlineContract } from './record-deadline-contract.ts';
import { recordSharingContract } from './record-sharing-contract.ts';
import { recordWatchContract } from './record-watch-contract.ts';
import type { TestKit } from './test-kit.ts';

/** Contract of a `RecordStore`. */
export function recordStoreContract<T extends object>(
  kit: TestKit,
  name: string,
  samples: RecordSamples<T>,
  setup: () => Promise<RecordStoreSetup<T>>,
): void {
  const { describe, test, expect } = kit;
  const { make, idOf, noteOf } = samples;
  const fresh = async (): Promise<RecordStore<T>> => (await setup()).open();
  const put = (r: RecordStore<T>, value: T, revision: Revision = 'absent'): Promise<Versioned<T>> =>
    r.put('default', value, revision, sampleWrite());
  const ids = async (r: RecordStore<T>, tenant = 'default'): Promise<readonly string[]> =>
    (await r.list(tenant)).items.map(({ value }) => idOf(value));
  const [a, b, c] = [make('a'), make('b'), make('c')];
  const tools: RecordContractTools<T> = { samples, setup, fresh, put, ids };

  describe(`RecordStore contract: ${name}`, () => {
    test('list is ordered by id', async () => {
      const r = await fresh();
      await put(r, b);
      await put(r, a);
      expect(await ids(r)).toEqual([idOf(a), idOf(b)]);
    });
    test('every write has a new revision, also after a removal', async () => {
      const r = await fresh();
      const first = await put(r, a);
      const second = await put(r, make('a', 'again'), first.revision);
      await r.remove('default', idOf(a), second.revision, sampleWrite());
      const third = await put(r, a);
      expect(new Set([first.revision, second.revision, third.revision]).size).toEqual(3);
    });
    test('a write with another expected revision is a conflict and changes nothing', async () => {
      const r = await fresh();
      const first = await put(r, a);
      expect(await outcomeOf(put(r, make('a', 'x')))).toEqual('conflict');
      expect(await outcomeOf(put(r, b, first.revision))).toEqual('conflict');
      expect(await outcomeOf(r.remove('default', idOf(a), 'r-none', sampleWrite()))).toEqual('conflict');
      expect(await r.get('default', idOf(a))).toEqual(first);
    });
    test('F13 a conflict has the stored revision', async () => {
      const r = await fresh();
      const { revision } = await put(r, a);
      expect(await currentOf(put(r, make('a', 'x')))).toEqual(revision);
      expect(await currentOf(put(r, b, revision))).toEqual('absent');
      expect(await currentOf(r.remove('default', idOf(a), 'r-none', sampleWrite()))).toEqual(revision);
      expect(await currentOf(r.remove('default', idOf(b), 'r-none', sampleWrite()))).toEqual('absent');
    });
    test('a repeated operation succeeds and changes nothing', async () => {
      const r = await fresh();
      const write = sampleWrite();
      const first = await r.put('default', a, 'absent', write);
      expect(await r.put('default', a, 'absent', write)).toEqual(first);
    });
    test('F1 a repeated removal succeeds, and does not remove a later record', async () => {
      const r = await fresh();
      const write = sampleWrite();
      const { revision } = await put(r, a);
      await r.remove('default', idOf(a), revision, write);
      await r.remove('default', idOf(a), revision, write);
      const again = await put(r, a);
      expect(await outcomeOf(r.remove('default', idOf(a), revision, write))).toEqual('ok');
      expect(await r.get('default', idOf(a))).toEqual(again);
    });
    test('F1 a write that is repeated after a removal does not store the record again', async () => {
      const r = await fresh();
      if (r.capabilities.dedupeWindowMs === 0) return;
      const write = sampleWrite();
      const { revision } = await r.put('default', a, 'absent', write);
      await r.remove('default', idOf(a), revision, sampleWrite());
      expect(await outcomeOf(r.put('default', a, 'absent', write))).toEqual('ok');
      expect(await r.get('default', idOf(a))).toEqual(undefined);
    });
    test('removing an absent record succeeds with absent and any', async () => {
      const r = await fresh();
      await r.remove('default', idOf(a), 'any', sampleWrite());
      await r.remove('default', idOf(a), 'absent', sampleWrite());
      expect(await ids(r)).toEqual([]);
    });
    test('overlapping writes are all stored', async () => {
      const r = await fresh();
      await Promise.all([c, a, b].map((value) => put(r, value)));
      expect(await ids(r)).toEqual([idOf(a), idOf(b), idOf(c)]);
    });
    test('eight writers that compare and set ten times each end at exactly 80', async () => {
      const r = await fresh();
      await put(r, make('a', '0'));
      const increment = async (): Promise<void> => {
        for (;;) {
          const found = await r.get('default', idOf(a));
          const count = found === undefined ? NaN : Number(noteOf(found.value)) + 1;
          if ((await outcomeOf(put(r, make('a', String(count)), found?.revision))) === 'ok') return;
        }
      };
      const writer = async (): Promise<void> => {
        for (let turn = 0; turn < 10; turn += 1) await increment();
      };
      await Promise.all(Array.from({ length: 8 }, writer));
      const found = await r.get('default', idOf(a), { fresh: true });
      expect(found === undefined ? '' : noteOf(found.value)).toEqual('80');
    });
    test('stored records do not change with the given or the returned object', async () => {
      const r = await fresh();
      const mine: T & { later?: string } = structuredClone(a);
      const returned: Versioned<T & { later?: string }> = await put(r, mine);
      mine.later = 'changed';
      returned.value.later = 'changed';
      expect((await r.get('default', idOf(a)))?.value).toEqual(a);
    });
    test('unknown members of a record are stored', async () => {
      const r = await fresh();
      const foreign = { ...a, later: { kept: true } };
      const { revision } = await put(r, foreign);
      await put(r, { ...foreign, further: 1 }, revision);
      expect((await r.get('default', idOf(a)))?.value).toEqual({ ...foreign, further: 1 });
    });
    test('the same operation with other content is a conflict', async () => {
      const r = await fresh();
      const write = sampleWrite();
      const first = await r.put('default', a, 'absent', write);
      expect(await outcomeOf(r.put('default', make('a', 'other'), 'absent', write))).toEqual('conflict');
      expect(await r.get('default', idOf(a))).toEqual(first);
    });
    test('a stored record has its operation and a time', async () => {
      const r = await fresh();
      const item = await r.put('default', a, 'absent', sampleWrite('op-of-a'));
      expect([item.op, new Date(item.writtenAt).toISOString()]).toEqual(['op-of-a', item.writtenAt]);
      expect(await r.get('default', idOf(a))).toEqual(item);
    });
    test('a write with any succeeds for every stored revision', async () => {
      const r = await fresh();
      await r.put('default', a, 'any', sampleWrite());
      await r.put('default', make('a', 'again'), 'any', sampleWrite());
      expect((await r.get('default', idOf(a)))?.value).toEqual(make('a', 'again'));
      await r.remove('default', idOf(a), 'any', sampleWrite());
      expect(await r.get('default', idOf(a))).toEqual(undefined);
    });
    test('F25 a record over maxValueBytes is rejected and changes nothing', async () => {
      const r = await fresh();
      const large = make('a', 'x'.repeat(r.capabilities.maxValueBytes));
      expect(await outcomeOf(put(r, large))).toEqual('too_large');
      expect(await ids(r)).toEqual([]);
    });
    recordWatchContract(kit, tools);
    recordSharingContract(kit, tools);
    recordDeadlineContract(kit, tools);
    test('an aborted write changes nothing', async () => {
      const r = await fresh();
      const signal = AbortSignal.abort();
      expect(await outcomeOf(r.put('default', a, 'absent', { ...sampleWrite(), signal }))).toEqual('aborted');
      expect(await ids(r)).toEqual([]);
    });
    test('dispose ends watches, and later operations are rejected', async () => {
      const r = await fresh();
      const watching = r.watch('default', 'snapshot', new AbortController().signal)[Symbol.asyncIterator]();
      await watching.next();
      await r[Symbol.asyncDispose]();
      expect((await watching.next()).done).toEqual(true);
      expect(await outcomeOf(r.list('default'))).toEqual('closed');
      expect(await outcomeOf(put(r, a))).toEqual('closed');
      expect(await outcomeOf(r.get('default', idOf(a)))).toEqual('closed');
      expect(await outcomeOf(r.remove('default', idOf(a), 'any', sampleWrite()))).toEqual('closed');
    });
    test('a reopened store has the declared durability', async () => {
      const s = await setup();
      const r = await s.open();
      const first = await put(r, a);
      await r[Symbol.asyncDispose]();
      const again = await (await s.open()).get('default', idOf(a));
      expect(again).toEqual(r.capabilities.durable === 'memory' ? undefined : first);
    });
  });
}

/** Returns the `current` of a conflict. */
async function currentOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'no conflict';
  } catch (error) {
    return error instanceof StoreError ? error.current : String(error);
  }
}
