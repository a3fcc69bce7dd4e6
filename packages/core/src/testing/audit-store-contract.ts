import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { StoredEvent } from '../ports/index.ts';
import { auditSharingContract } from './audit-sharing-contract.ts';
import { auditTailContract } from './audit-tail-contract.ts';
import type { OpenAuditStore } from './open-audit-store.ts';
import { outcomeOf } from './outcome.ts';
import { sampleEvent } from './telemetry-contract.ts';
import type { TestKit } from './test-kit.ts';

/** Returns the messages of events. */
export const messagesOf = (events: readonly StoredEvent[]): readonly string[] =>
  events.map(({ event }) => event.message);

/** Contract of an `AuditStore`. */
export function auditStoreContract(kit: TestKit, name: string, open: () => Promise<OpenAuditStore>): void {
  const { describe, test, expect } = kit;
  const named = (messages: readonly string[]): readonly AuditEventDraft[] =>
    messages.map((message) => sampleEvent('a.done', { message }));

  describe(`AuditStore contract: ${name}`, () => {
    test('T-394 read returns every event once and in order, page by page', async () => {
      const { store, write } = await open();
      const messages = Array.from({ length: 25 }, (_, i) => `m${String(i)}`);
      for (const message of messages) await write(named([message]));
      const seen: string[] = [];
      let from: string | undefined;
      for (let pages = 0; pages < 10; pages += 1) {
        const page = await store.read('default', { limit: 7 }, from);
        seen.push(...messagesOf(page.events));
        from = page.next;
        if (page.atHead) break;
      }
      expect(seen).toEqual(messages);
    });
    test('the cursor of each event is the place after it', async () => {
      const { store, write } = await open();
      await write(named(['a', 'b', 'c']));
      const { events } = await store.read('default', { limit: 9 });
      expect(new Set(events.map(({ cursor }) => cursor)).size).toEqual(3);
      for (const [at, { event, cursor }] of events.entries()) {
        expect(store.cursorOf(event)).toEqual(cursor);
        expect(messagesOf((await store.read('default', { limit: 9 }, cursor)).events)).toEqual(
          ['a', 'b', 'c'].slice(at + 1),
        );
      }
    });
    test('a filter leaves events out and its cursor still moves', async () => {
      const { store, write } = await open();
      await write([sampleEvent('a.done'), sampleEvent('b.done'), sampleEvent('a.done', { message: 'last' })]);
      const page = await store.read('default', { limit: 1, kind: 'b.done' });
      expect(page.events.map(({ event }) => event.kind)).toEqual(['b.done']);
      const { next } = await store.read('default', { limit: 9, kind: 'c.done' });
      expect((await store.read('default', { limit: 9 }, next)).events).toEqual([]);
    });
    test('newest returns the newest up to the limit, oldest first, with cursors', async () => {
      const { store, write } = await open();
      await write(named(['a', 'b', 'c']));
      const newest = await store.newest('default', { limit: 2 });
      expect(messagesOf(newest)).toEqual(['b', 'c']);
      expect((await store.read('default', { limit: 9 }, newest[0]?.cursor)).events).toEqual(newest.slice(1));
    });
    test('a cursor of another store is invalid', async () => {
      const { store, write } = await open();
      await write(named(['a']));
      for (const cursor of ['', '1', 'x.1', 'none/1/1'])
        expect(await outcomeOf(store.read('default', { limit: 1 }, cursor))).toEqual('invalid');
    });
    test('append acknowledges stored events and stores none of them again', async () => {
      const { store, write } = await open();
      const events = await write(named(['a', 'b', 'c']));
      expect(await store.append('default', events)).toEqual({ acknowledged: 3 });
      expect(await store.append('default', [])).toEqual({ acknowledged: 0 });
      expect(messagesOf((await store.read('default', { limit: 9 })).events)).toEqual(['a', 'b', 'c']);
    });
    test('a stored event has the id and the content that its journal gave it', async () => {
      const { store, write } = await open();
      const events = await write([sampleEvent('a.done', { data: { deep: ['ü', 1, null] } }), sampleEvent('b.done')]);
      const stored = (await store.read('default', { limit: 9 })).events.map(({ event }) => event);
      expect(stored.map(({ id, kind, data }) => ({ id, kind, data }))).toEqual(
        events.map(({ id, kind, data }) => ({ id, kind, data })),
      );
    });
    test('an event of a journal that the store does not have is stored or rejected, never lost without a word', async () => {
      const { store, write } = await open();
      const [own] = await write(named(['own']));
      if (own === undefined) throw new Error('not written');
      const foreign = { ...own, id: 'elsewhere/7/1', message: 'foreign' };
      const outcome = await outcomeOf(store.append('default', [foreign]));
      const seen = messagesOf((await store.read('default', { limit: 9 })).events);
      expect([outcome, seen]).toEqual(outcome === 'ok' ? ['ok', ['own', 'foreign']] : ['invalid', ['own']]);
    });
    test('verify counts all events and finds the head of an earlier verdict', async () => {
      const { store, write } = await open();
      await write(named(['a', 'b']));
      const first = await store.verify('default');
      expect([first.records, first.fault]).toEqual([2, undefined]);
      await write(named(['c']));
      const later = await store.verify('default', { expect: first.head });
      expect([later.records, later.expected, later.head === first.head]).toEqual([3, true, false]);
      expect((await store.verify('default', { expect: 'f'.repeat(64) })).expected).toEqual(false);
    });
    test('F13 verify finds a changed byte', async () => {
      const { store, write, damage } = await open();
      if (damage === undefined) return;
      await write(named(['a', 'b', 'c']));
      await damage();
      expect((await store.verify('default')).fault === undefined).toEqual(false);
    });
    test('an aborted operation is rejected', async () => {
      const { store } = await open();
      const signal = AbortSignal.abort();
      expect(await outcomeOf(store.read('default', { limit: 1 }, undefined, { signal }))).toEqual('aborted');
      expect(await outcomeOf(store.append('default', [], { signal }))).toEqual('aborted');
    });
    auditSharingContract(kit, open, named);
    auditTailContract(kit, open, named);
  });
}
