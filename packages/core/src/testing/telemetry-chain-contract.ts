import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { Telemetry } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

const event = (message: string): AuditEventDraft => ({
  at: '2026-01-01T00:00:00.000Z',
  kind: 'service.started',
  level: 'info',
  message,
});

interface Setup {
  readonly open: () => Promise<Telemetry>;
  readonly afterCrash?: () => Promise<Telemetry>;
}

/** Contract of the hash chain of a `Telemetry`. */
export function telemetryChainContract({ test, expect }: TestKit, setup: () => Promise<Setup>): void {
  const fresh = async (): Promise<Telemetry> => (await setup()).open();

  test('verify of an empty store reports 0 records and no fault', async () => {
    const verdict = await (await fresh()).verify('default');
    expect(verdict).toEqual({ records: 0, links: 0, head: '0'.repeat(64), from: 1, to: 0, outside: 0 });
  });
  test('every append changes the head, and the chain covers every event', async () => {
    const t = await fresh();
    await Promise.all(Array.from({ length: 20 }, (_, i) => t.append('default', [event(`a${String(i)}`), event('b')])));
    const first = await t.verify('default');
    expect([first.records, first.from, first.to, first.fault]).toEqual([40, 1, 40, undefined]);
    await t.append('default', [event('c')]);
    const second = await t.verify('default');
    expect([second.records, second.to, second.links]).toEqual([41, 41, first.links + 1]);
    if (t.head !== undefined) expect(t.head).toEqual({ seq: 41, hash: second.head });
    expect(/^[0-9a-f]{64}$/.test(second.head) && second.head !== first.head).toEqual(true);
  });
  test('verify finds an earlier head and no other hash', async () => {
    const t = await fresh();
    await t.append('default', [event('a')]);
    const { head } = await t.verify('default');
    await t.append('default', [event('b')]);
    expect((await t.verify('default', { expect: head })).expected).toEqual(true);
    expect((await t.verify('default', { expect: '1'.repeat(64) })).expected).toEqual(false);
  });
  test('events that remain after retention verify from their beginning', async () => {
    const t = await fresh();
    const message = 'x'.repeat(8_000);
    const batch = Array.from({ length: 50 }, () => event(message));
    for (let i = 0; i < 15; i += 1) await t.append('default', batch);
    const { droppedBefore } = t.health;
    const verdict = await t.verify('default');
    expect(droppedBefore > 1).toEqual(true);
    // A store may delete dropped events later.
    expect(verdict.from <= droppedBefore).toEqual(true);
    expect([verdict.to, verdict.records, verdict.fault]).toEqual([750, 751 - verdict.from, undefined]);
  });
  test('a reopened store continues its chain', async () => {
    const s = await setup();
    const t = await s.open();
    await t.append('default', [event('a')]);
    const { head } = await t.verify('default');
    const crashed = await s.afterCrash?.();
    await t[Symbol.asyncDispose]();
    if (t.capabilities.durable.recorded === 'memory') return;
    for (const again of [crashed, await s.open()]) {
      await again?.append('default', [event('b')]);
      const verdict = await again?.verify('default', { expect: head });
      expect([verdict?.expected, verdict?.records, verdict?.fault]).toEqual([true, 2, undefined]);
    }
  });
}
