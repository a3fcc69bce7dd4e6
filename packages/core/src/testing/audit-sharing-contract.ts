import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { OpenAuditStore } from './open-audit-store.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

/** Contract of an `AuditStore` with two open handles, and of one that does not answer. */
export function auditSharingContract(
  { test, expect }: TestKit,
  open: () => Promise<OpenAuditStore>,
  named: (messages: readonly string[]) => readonly AuditEventDraft[],
): void {
  const messages = async (store: OpenAuditStore['store'], from?: string): Promise<readonly string[]> =>
    (await store.read('default', { limit: 99 }, from)).events.map(({ event }) => event.message);

  test('F13 a second handle reads the events of the first, under the same cursors', async () => {
    const { store, write, second } = await open();
    if (second === undefined) return;
    const other = await second();
    await write(named(['a', 'b', 'c']));
    const page = await store.read('default', { limit: 2 });
    expect(await messages(other)).toEqual(['a', 'b', 'c']);
    expect(await messages(other, page.next)).toEqual(['c']);
    expect((await other.read('default', { limit: 2 })).next).toEqual(page.next);
    expect((await other.verify('default')).head).toEqual((await store.verify('default')).head);
  });
  test('F13 an event that both handles append is stored once', async () => {
    const { store, write, second } = await open();
    if (second === undefined) return;
    const other = await second();
    const events = await write(named(['a', 'b']));
    await Promise.all([store.append('default', events), other.append('default', events)]);
    expect(await messages(store)).toEqual(['a', 'b']);
    expect(await messages(other)).toEqual(['a', 'b']);
  });
  test('F13 a tail of one handle yields the events of every writer, and the end of one handle leaves the other open', async () => {
    const { store, write, second } = await open();
    if (second === undefined) return;
    const other = await second();
    await write(named(['old']));
    const end = new AbortController();
    const tail = other.tail('default', { limit: 9 }, 'now', end.signal)[Symbol.asyncIterator]();
    const next = tail.next();
    await other.read('default', { limit: 1 });
    await store[Symbol.asyncDispose]();
    expect(await outcomeOf(store.read('default', { limit: 1 }))).toEqual('closed');
    await write(named(['new']));
    const item: unknown = (await next).value;
    expect((item as { readonly event: { readonly message: string } }).event.message).toEqual('new');
    expect(await messages(other)).toEqual(['old', 'new']);
    end.abort();
  });
  test('an operation of a store that does not answer ends at its deadline, and the next one works', async () => {
    const { store, write, stall } = await open();
    if (stall === undefined) return;
    const events = await write(named(['a']));
    const resume = stall();
    const options = { deadlineMs: 20 };
    expect(await outcomeOf(store.read('default', { limit: 1 }, undefined, options))).toEqual('unavailable');
    expect(await outcomeOf(store.newest('default', { limit: 1 }, options))).toEqual('unavailable');
    expect(await outcomeOf(store.verify('default', {}, options))).toEqual('unavailable');
    const appended = await outcomeOf(store.append('default', events, options));
    expect(appended === 'unavailable' || appended === 'indeterminate').toEqual(true);
    resume();
    expect(await messages(store)).toEqual(['a']);
  });
  test('an abort ends the wait for a store that does not answer', async () => {
    const { store, write, stall } = await open();
    if (stall === undefined) return;
    await write(named(['a']));
    const resume = stall();
    const end = new AbortController();
    const reading = outcomeOf(store.read('default', { limit: 1 }, undefined, { signal: end.signal }));
    end.abort();
    expect(await reading).toEqual('aborted');
    resume();
    expect(await messages(store)).toEqual(['a']);
  });
}
