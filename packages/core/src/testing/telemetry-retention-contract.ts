import { CLASS_SHARES, EVENT_CLASSES, eventClassOf, type EventClass } from '../domain/audit/event-class.ts';
import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { Telemetry } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

/** Size limit of an adapter with default options, in characters of JSON. */
const MAX_SIZE = 4 * 1024 * 1024;
/** Largest part that retention drops at once: the events of a link and one more event. */
const MAX_STEP = 2 * 64 * 1024;
const KINDS: Readonly<Record<EventClass, string>> = {
  changes: 'service.removed',
  denials: 'policy.denied',
  calls: 'service.tool_called',
};

/** Contract of the retention by class of a `Telemetry` with default options. */
export function telemetryRetentionContract({ test, expect }: TestKit, fresh: () => Promise<Telemetry>): void {
  const event = (of: EventClass, size: number): AuditEventDraft => ({
    at: '2026-01-01T00:00:00.000Z',
    kind: KINDS[of],
    level: 'info',
    message: 'm'.repeat(size),
  });
  const batchOf = (of: EventClass, count: number, size: number): readonly AuditEventDraft[] =>
    Array.from({ length: count }, () => event(of, size));
  const all = (t: Telemetry): Promise<readonly AuditEvent[]> => t.events('default', { limit: 1_000_000 });

  test('R51a retention keeps a change after 5 MiB of calls and 5 MiB of denials', async () => {
    const t = await fresh();
    await t.append('default', [event('changes', 10)]);
    for (let i = 0; i < 40; i += 1) {
      await t.append('default', batchOf('calls', 64, 2_000));
      await t.append('default', batchOf('denials', 64, 2_000));
    }
    expect((await all(t))[0]?.kind).toEqual('service.removed');
    expect((await t.verify('default')).fault).toEqual(undefined);
  });
  test('R51a retention keeps the newest events of each class up to its share, and counts the others', async () => {
    for (const seed of [1, 2]) {
      const t = await fresh();
      const random = generator(seed);
      const total = new Map<EventClass, number>(EVENT_CLASSES.map((of) => [of, 0]));
      const rates = EVENT_CLASSES.map(() => random() ** 3 + 0.02);
      for (let size = 0; size < 5_500_000;) {
        const pick = random() * rates.reduce((sum, rate) => sum + rate, 0);
        const of =
          EVENT_CLASSES.find((_, i) => pick < rates.slice(0, i + 1).reduce((sum, rate) => sum + rate, 0)) ?? 'calls';
        const [count, length] = [1 + Math.floor(random() * 20), Math.floor(random() ** 2 * 9_000)];
        const mixed = random() < 0.2 ? [event('changes', 5), event('calls', 5)] : [];
        const batch = [...batchOf(of, count, length), ...mixed];
        await t.append('default', batch);
        for (const { kind } of batch) total.set(eventClassOf(kind), (total.get(eventClassOf(kind)) ?? 0) + 1);
        size += count * (length + 120);
      }
      const kept = await all(t);
      const dropped = await missedOf(t);
      expect(kept.length + dropped).toEqual([...total.values()].reduce((sum, count) => sum + count, 0));
      for (const of of EVENT_CLASSES) {
        const own = kept.filter(({ kind }) => eventClassOf(kind) === of);
        const size = own.reduce((sum, each) => sum + JSON.stringify(each).length, 0);
        const isComplete = own.length === total.get(of);
        expect([of, isComplete || size >= CLASS_SHARES[of] * MAX_SIZE * 0.75 - MAX_STEP]).toEqual([of, true]);
      }
      const verdict = await t.verify('default');
      // A store may delete dropped events later.
      expect([verdict.fault, verdict.records + (verdict.dropped ?? 0)]).toEqual([undefined, kept.length + dropped]);
    }
  });
}

/** Number of events that a reader from the first number misses. */
async function missedOf(t: Telemetry): Promise<number> {
  const { next } = await t.read('default', { limit: 0 });
  const { missed } = await t.read('default', { after: `${next.slice(0, next.lastIndexOf('.'))}.0`, limit: 1_000_000 });
  return missed;
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
