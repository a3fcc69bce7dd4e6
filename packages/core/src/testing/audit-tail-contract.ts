import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { AuditReset, StoredEvent } from '../ports/index.ts';
import type { OpenAuditStore } from './open-audit-store.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

const shown = (item: StoredEvent | AuditReset): string => ('reset' in item ? 'reset' : item.event.message);

/** Contract of `AuditStore.tail` and of disposal. */
export function auditTailContract(
  { test, expect }: TestKit,
  open: () => Promise<OpenAuditStore>,
  named: (messages: readonly string[]) => readonly AuditEventDraft[],
): void {
  /** Reads `count` items of a tail. */
  const take = async (tail: AsyncIterable<StoredEvent | AuditReset>, count: number): Promise<readonly string[]> => {
    const seen: string[] = [];
    for await (const item of tail) {
      seen.push(shown(item));
      if (seen.length === count) break;
    }
    return seen;
  };

  test('a tail yields the events after its cursor and then each new event', async () => {
    const { store, write } = await open();
    const end = new AbortController();
    await write(named(['a', 'b']));
    const [first] = await store.newest('default', { limit: 2 });
    const tail = store.tail('default', { limit: 100 }, first?.cursor ?? '', end.signal);
    const seen = take(tail, 3);
    await write(named(['c']));
    await write(named(['d']));
    expect(await seen).toEqual(['b', 'c', 'd']);
    end.abort();
  });
  test('a tail from now yields new events only', async () => {
    const { store, write } = await open();
    await write(named(['old']));
    const end = new AbortController();
    const tail = store.tail('default', { limit: 100 }, 'now', end.signal)[Symbol.asyncIterator]();
    const next = tail.next();
    // The tail has taken its place when a read of the store has ended after its start.
    await store.read('default', { limit: 1 });
    await write(named(['new']));
    expect(shown((await next).value as StoredEvent)).toEqual('new');
    end.abort();
    expect((await tail.next()).done).toEqual(true);
  });
  test('P20 a tail misses no event of eight writers and yields none twice', async () => {
    const { store, write } = await open();
    const end = new AbortController();
    await write(named(['start']));
    const [start] = await store.newest('default', { limit: 1 });
    const count = 8 * 25;
    const seen = take(store.tail('default', { limit: 16 }, start?.cursor ?? '', end.signal), count);
    const writer = async (writerName: string): Promise<void> => {
      for (let i = 0; i < 25; i += 1) await write(named([`${writerName}-${String(i)}`]));
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => writer(`w${String(i)}`)));
    expect(new Set(await seen).size).toEqual(count);
    end.abort();
  });
  test('a tail from a cursor of another store yields reset and ends', async () => {
    const { store, write } = await open();
    await write(named(['a']));
    const seen: string[] = [];
    for await (const item of store.tail('default', { limit: 9 }, 'x.1', new AbortController().signal))
      seen.push(shown(item));
    expect(seen).toEqual(['reset']);
  });
  test('dispose ends tails, and later operations are rejected', async () => {
    const { store, write } = await open();
    await write(named(['a']));
    const tail = store.tail('default', { limit: 9 }, 'now', new AbortController().signal)[Symbol.asyncIterator]();
    const next = tail.next();
    await store.read('default', { limit: 1 });
    await store[Symbol.asyncDispose]();
    expect((await next).done).toEqual(true);
    expect(await outcomeOf(store.read('default', { limit: 1 }))).toEqual('closed');
    expect(await outcomeOf(store.newest('default', { limit: 1 }))).toEqual('closed');
    expect(await outcomeOf(store.append('default', []))).toEqual('closed');
    expect(await outcomeOf(store.verify('default'))).toEqual('closed');
  });
}
