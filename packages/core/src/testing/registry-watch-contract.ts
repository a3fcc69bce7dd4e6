import type { ServiceRecord } from '../domain/services/service.ts';
import type { Change, Cursor, ServiceRegistry, Versioned } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

interface Tools {
  readonly fresh: () => Promise<ServiceRegistry>;
  readonly put: (registry: ServiceRegistry, record: ServiceRecord) => Promise<Versioned<ServiceRecord>>;
  readonly remove: (registry: ServiceRegistry, item: Versioned<ServiceRecord>) => Promise<void>;
  readonly record: (module: string) => ServiceRecord;
}

/** Contract of `ServiceRegistry.watch`: no change is skipped without a `reset`. */
export function registryWatchContract({ test, expect }: TestKit, { fresh, put, remove, record }: Tools): void {
  const [a, b, c] = [record('a'), record('b'), record('c')];

  /** Reads until `last` returns true. Returns the changes. */
  const watch = async (
    registry: ServiceRegistry,
    from: Cursor | 'snapshot',
    last: (change: Change<ServiceRecord>) => boolean | Promise<boolean>,
  ): Promise<readonly Change<ServiceRecord>[]> => {
    const seen: Change<ServiceRecord>[] = [];
    const end = new AbortController();
    for await (const change of registry.watch('default', from, end.signal)) {
      seen.push(change);
      if (await last(change)) end.abort();
    }
    return seen;
  };
  const labels = (changes: readonly Change<ServiceRecord>[]): readonly string[] =>
    changes.map((change) => {
      if (change.type === 'put') return `put ${change.item.value.namespace}`;
      return change.type === 'remove' ? `remove ${change.id}` : change.type;
    });

  test('a watch yields the records, then synced, then changes', async () => {
    const r = await fresh();
    await put(r, a);
    const seen = await watch(r, 'snapshot', async (change) => {
      if (change.type === 'synced') await put(r, b);
      if (change.type === 'put' && change.item.value.namespace === 'b') await remove(r, change.item);
      return change.type === 'remove';
    });
    expect(labels(seen)).toEqual(['put a', 'synced', 'put b', `remove ${b.serviceId}`]);
  });
  test('a watch that resumes yields the changes since its cursor or a reset', async () => {
    const r = await fresh();
    await put(r, a);
    const before = await watch(r, 'snapshot', ({ type }) => type === 'synced');
    const synced = before.at(-1);
    if (synced?.type !== 'synced') throw new Error('no snapshot');
    await put(r, b);
    const seen = labels(
      await watch(r, synced.cursor, async (change) => {
        if (change.type === 'reset') return true;
        if (change.type === 'put' && change.item.value.namespace === 'b') await put(r, c);
        return change.type === 'put' && change.item.value.namespace === 'c';
      }),
    );
    if (!seen.includes('reset')) expect(seen.filter((label) => label !== 'synced')).toEqual(['put b', 'put c']);
  });
  test('a watch that resumes from the current cursor is synced', async () => {
    const r = await fresh();
    await put(r, a);
    const before = await watch(r, 'snapshot', ({ type }) => type === 'synced');
    const synced = before.at(-1);
    if (synced?.type !== 'synced') throw new Error('no snapshot');
    const seen = await watch(r, synced.cursor, async (change) => {
      if (change.type === 'synced') await put(r, b);
      return change.type === 'put' || change.type === 'reset';
    });
    expect(labels(seen)).toEqual(['synced', 'put b']);
  });
  test('a watch from an outdated cursor yields a reset', async () => {
    const r = await fresh();
    await put(r, a);
    expect(labels(await watch(r, 'c-of-old', () => true))).toEqual(['reset']);
  });
  test('a reader that falls far behind gets a reset and misses nothing before it', async () => {
    const r = await fresh();
    const items = Array.from({ length: 1_500 }, (_, i) => record(`s${String(i)}`)).map((item, i) => {
      return { ...item, serviceId: `svc_${i.toString(16).padStart(12, '0')}` };
    });
    let count = 0;
    const seen = await watch(r, 'snapshot', async (change) => {
      if (change.type === 'synced') await Promise.all(items.map((item) => put(r, item)));
      if (change.type === 'put') count += 1;
      return change.type === 'reset' || count === items.length;
    });
    expect(labels(seen).includes('reset') || count === items.length).toEqual(true);
  });
}
