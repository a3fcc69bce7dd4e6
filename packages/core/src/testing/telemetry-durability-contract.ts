import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { Telemetry } from '../ports/index.ts';
import type { TestKit } from './test-kit.ts';

interface Setup {
  readonly open: () => Promise<Telemetry>;
  readonly afterCrash?: () => Promise<Telemetry>;
}

const event = (kind: string): AuditEventDraft => ({
  at: '2026-01-01T00:00:00.000Z',
  kind,
  level: 'info',
  message: kind,
});

/** Contract of the declared durability of a `Telemetry`. */
export function telemetryDurabilityContract({ test, expect }: TestKit, setup: () => Promise<Setup>): void {
  const fill = async (t: Telemetry): Promise<readonly unknown[]> => {
    const committed = await t.append('default', [event('service.started')], { op: 'op-1' });
    const recorded = await t.append('default', [event('service.tool_called')]);
    await t.log('default', 's1', ['one']);
    await t.log('default', 's2', ['other']);
    await t.dropLogs('default', 's2');
    return [...committed, ...recorded];
  };
  const lasts = (t: Telemetry): boolean => t.capabilities.durable.recorded !== 'memory';

  test('T-272 a reopened store has the declared durability and continues its numbers', async () => {
    const s = await setup();
    const t = await s.open();
    const written = await fill(t);
    const { next } = await t.read('default', { limit: 1 });
    await t[Symbol.asyncDispose]();
    const again = await s.open();
    expect(await again.events('default', { limit: 9 })).toEqual(lasts(t) ? written : []);
    expect(await again.logs('default', 's1', 9)).toEqual(lasts(t) ? ['one'] : []);
    expect(await again.logs('default', 's2', 9)).toEqual([]);
    const [later] = await again.append('default', [event('service.stopped')]);
    expect(later?.seq).toEqual(lasts(t) ? 3 : 1);
    if (!lasts(t)) return;
    expect((await again.read('default', { limit: 9, after: next })).events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect((await again.append('default', [event('service.started')], { op: 'op-1' })).map(({ seq }) => seq)).toEqual([
      1,
    ]);
    const ids = (await again.events('default', { limit: 9 })).map(({ id }) => id);
    expect(new Set(ids).size).toEqual(3);
  });
  test('D02 a store has every acknowledged event after a crash', async () => {
    const s = await setup();
    const t = await s.open();
    const written = await fill(t);
    if (!lasts(t)) return;
    const again = await s.afterCrash?.();
    expect(await again?.events('default', { limit: 9 })).toEqual(written);
    expect(await again?.logs('default', 's1', 9)).toEqual(['one']);
    expect(await again?.logs('default', 's2', 9)).toEqual([]);
  });
}
