import type { Change, Cursor, RecordStore } from '../ports/index.ts';
import { sampleWrite } from './record-samples.ts';
import type { RecordContractTools } from './record-contract-tools.ts';
import type { TestKit } from './test-kit.ts';

/** Number of writes that are in flight at once: an adapter may reject more as `unavailable`. */
const MAX_OPEN_WRITES = 16;

/** Contract of `RecordStore.watch`: no change is skipped without a `reset`. */
export function recordWatchContract<T>(
  { test, expect }: TestKit,
  { fresh, put, samples: { make, idOf } }: RecordContractTools<T>,
): void {
  const [a, b, c] = [make('a'), make('b'), make('c')];
  const [putA, putB, putC] = [a, b, c].map((value) => `put ${idOf(value)}`);

  /** Reads until `last` returns true. Returns the changes. */
  const watch = async (
    store: RecordStore<T>,
    from: Cursor | 'snapshot',
    last: (change: Change<T>) => boolean | Promise<boolean>,
  ): Promise<readonly Change<T>[]> => {
    const seen: Change<T>[] = [];
    const end = new AbortController();
    for await (const change of store.watch('default', from, end.signal)) {
      seen.push(change);
      if (await last(change)) end.abort();
    }
    return seen;
  };
  const label = (change: Change<T>): string => {
    if (change.type === 'put') return `put ${idOf(change.item.value)}`;
    return change.type === 'remove' ? `remove ${change.id}` : change.type;
  };
  const syncedCursor = async (store: RecordStore<T>): Promise<Cursor> => {
    const synced = (await watch(store, 'snapshot', ({ type }) => type === 'synced')).at(-1);
    if (synced?.type !== 'synced') throw new Error('no snapshot');
    return synced.cursor;
  };

  test('a watch yields the records, then synced, then changes', async () => {
    const r = await fresh();
    await put(r, a);
    const seen = await watch(r, 'snapshot', async (change) => {
      if (change.type === 'synced') await put(r, b);
      if (change.type === 'put' && label(change) === putB)
        await r.remove('default', idOf(b), change.item.revision, sampleWrite());
      return change.type === 'remove';
    });
    expect(seen.map(label)).toEqual([putA, 'synced', putB, `remove ${idOf(b)}`]);
  });
  test('a watch that resumes yields the changes since its cursor or a reset', async () => {
    const r = await fresh();
    await put(r, a);
    const cursor = await syncedCursor(r);
    await put(r, b);
    const changes = await watch(r, cursor, async (change) => {
      if (change.type === 'reset') return true;
      if (label(change) === putB) await put(r, c);
      return label(change) === putC;
    });
    const seen = changes.map(label);
    if (!seen.includes('reset')) expect(seen.filter((one) => one !== 'synced')).toEqual([putB, putC]);
  });
  test('a watch that resumes from the current cursor is synced', async () => {
    const r = await fresh();
    await put(r, a);
    const seen = await watch(r, await syncedCursor(r), async (change) => {
      if (change.type === 'synced') await put(r, b);
      return change.type === 'put' || change.type === 'reset';
    });
    expect(seen.map(label)).toEqual(['synced', putB]);
  });
  test('a watch from the cursor of a list misses no later write', async () => {
    const r = await fresh();
    await put(r, a);
    const { items, cursor } = await r.list('default');
    await put(r, b);
    const seen = await watch(r, cursor, ({ type }) => type === 'put' || type === 'reset');
    expect([items.length, ['reset', putB].includes(seen.map(label).at(-1) ?? '')]).toEqual([1, true]);
  });
  test('a watch from an outdated cursor yields a reset', async () => {
    const r = await fresh();
    await put(r, a);
    expect((await watch(r, 'c-of-old', () => true)).map(label)).toEqual(['reset']);
  });
  test('a reader that falls far behind gets a reset and misses nothing before it', async () => {
    const r = await fresh();
    const values = Array.from({ length: 1_200 }, (_, i) => make(`s${String(i).padStart(5, '0')}`));
    let count = 0;
    const seen = await watch(r, 'snapshot', async (change) => {
      if (change.type === 'synced') {
        for (let i = 0; i < values.length; i += MAX_OPEN_WRITES)
          await Promise.all(values.slice(i, i + MAX_OPEN_WRITES).map((value) => put(r, value)));
      }
      if (change.type === 'put') count += 1;
      return change.type === 'reset' || count === values.length;
    });
    expect(seen.map(label).includes('reset') || count === values.length).toEqual(true);
  });
}
