import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { TelemetryPage, Cursor, Telemetry } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

const event = (kind: string, more: Partial<AuditEventDraft> = {}): AuditEventDraft => ({
  at: '2026-01-01T00:00:00.000Z',
  kind,
  level: 'info',
  message: kind,
  ...more,
});

/** Contract of `Telemetry.events` and `Telemetry.read`. */
export function telemetryReadingContract({ test, expect }: TestKit, fresh: () => Promise<Telemetry>): void {
  const kindsOf = (events: readonly { readonly kind: string }[]): readonly string[] => events.map(({ kind }) => kind);
  const page = (t: Telemetry, limit: number, after?: Cursor): Promise<TelemetryPage> =>
    t.read('default', { limit, ...(after === undefined ? {} : { after }) });

  test('events returns the newest up to the limit, oldest first', async () => {
    const t = await fresh();
    await t.append('default', [event('a'), event('b'), event('c')]);
    expect(kindsOf(await t.events('default', { limit: 2 }))).toEqual(['b', 'c']);
    expect(await t.events('default', { limit: 0 })).toEqual([]);
  });
  test('events are filtered by service, kind, level and time, also combined', async () => {
    const t = await fresh();
    await t.append('default', [
      event('a', { serviceId: 's1', at: '2026-01-01T00:00:00.000Z' }),
      event('b', { serviceId: 's2', level: 'warn', at: '2026-01-02T00:00:00.000Z' }),
      event('a', { serviceId: 's1', level: 'error', at: '2026-01-03T00:00:00.000Z' }),
    ]);
    const found = async (query: object): Promise<readonly number[]> =>
      (await t.events('default', { limit: 9, ...query })).map(({ seq }) => seq);
    expect(await found({ serviceId: 's1' })).toEqual([1, 3]);
    expect(await found({ kind: 'b' })).toEqual([2]);
    expect(await found({ level: 'warn' })).toEqual([2, 3]);
    expect(await found({ since: '2026-01-02T01:00:00.000+01:00' })).toEqual([2, 3]);
    expect(await found({ serviceId: 's1', kind: 'a', level: 'warn', since: '2026-01-02' })).toEqual([3]);
    expect(await outcomeOf(found({ since: 'yesterday' }))).toEqual('invalid');
  });
  test('events are filtered by caller, outcome and end time', async () => {
    const t = await fresh();
    const caller = (id: string): object => ({ caller: { kind: 'token', id, door: 'http' } });
    await t.append('default', [
      event('service.tool_called', { ...caller('a'), at: '2026-01-01T00:00:00.000Z', data: { outcome: 'tool_error' } }),
      event('policy.denied', { ...caller('a'), at: '2026-01-02T00:00:00.000Z', level: 'warn' }),
      event('service.crashed', { ...caller('b'), at: '2026-01-03T00:00:00.000Z', level: 'error' }),
      event('service.started', { at: '2026-01-04T00:00:00.000Z' }),
    ]);
    const found = async (query: object): Promise<readonly number[]> =>
      (await t.read('default', { limit: 9, ...query })).events.map(({ seq }) => seq);
    expect(await found({ caller: 'a' })).toEqual([1, 2]);
    expect(await found({ outcome: 'tool_error' })).toEqual([1]);
    expect(await found({ outcome: 'denied' })).toEqual([2]);
    expect(await found({ outcome: 'error' })).toEqual([3]);
    expect(await found({ outcome: 'ok' })).toEqual([4]);
    expect(await found({ until: '2026-01-03T00:00:00.000Z' })).toEqual([1, 2]);
    expect(await found({ since: '2026-01-02', until: '2026-01-04', caller: 'b' })).toEqual([3]);
    expect(await outcomeOf(found({ until: 'tomorrow' }))).toEqual('invalid');
  });
  test('T-273 T-274 the order follows the numbers, not the times; events without a date are stored', async () => {
    const t = await fresh();
    await t.append('default', [event('late', { at: '2099-01-01T00:00:00.000Z' })]);
    await t.append('default', [event('early', { at: '1970-01-01T00:00:00.000Z' }), event('never', { at: 'no date' })]);
    expect(kindsOf(await t.events('default', { limit: 9 }))).toEqual(['late', 'early', 'never']);
    expect(kindsOf(await t.events('default', { limit: 9, since: '2000-01-01' }))).toEqual(['late']);
  });
  test('pages run from the oldest to the newest and can be resumed later', async () => {
    const t = await fresh();
    await t.append(
      'default',
      ['a', 'b', 'c'].map((kind) => event(kind)),
    );
    const first = await page(t, 2);
    expect([kindsOf(first.events), first.atEnd]).toEqual([['a', 'b'], false]);
    const second = await page(t, 2, first.next);
    expect([kindsOf(second.events), second.atEnd]).toEqual([['c'], true]);
    const third = await page(t, 2, second.next);
    expect([third.events, third.atEnd]).toEqual([[], true]);
    await t.append('default', [event('d')]);
    expect(kindsOf((await page(t, 2, third.next)).events)).toEqual(['d']);
    expect(kindsOf((await page(t, 9, first.next)).events)).toEqual(['c', 'd']);
  });
  test('a page without matches advances the cursor', async () => {
    const t = await fresh();
    await t.append('default', [event('a'), event('b')]);
    const nothing = await t.read('default', { limit: 5, kind: 'c' });
    expect([nothing.events, nothing.atEnd]).toEqual([[], true]);
    await t.append('default', [event('c')]);
    expect(kindsOf((await t.read('default', { limit: 5, after: nothing.next })).events)).toEqual(['c']);
  });
  test('a reader misses nothing while eight writers write', async () => {
    const t = await fresh();
    const writer = async (name: string): Promise<void> => {
      for (let i = 0; i < 25; i += 1)
        await t.append('default', [event('service.tool_called', { message: `${name}${String(i)}` })]);
    };
    const seen: string[] = [];
    let next: Cursor | undefined;
    const look = async (limit: number): Promise<void> => {
      const got = await page(t, limit, next);
      next = got.next;
      seen.push(...got.events.flatMap(({ message }) => (message.startsWith('w') ? [message] : [])));
    };
    // The reader waits for the store between two pages by writing an event.
    const reader = async (): Promise<void> => {
      for (let i = 0; i < 25; i += 1) {
        await t.append('default', [event('service.tool_called')]);
        await look(7);
      }
    };
    await Promise.all([reader(), ...Array.from({ length: 8 }, (_, i) => writer(`w${String(i)}-`))]);
    await look(999);
    expect([seen.length, new Set(seen).size]).toEqual([200, 200]);
  });
  test('a reader that fell behind gets the number of missed events', async () => {
    const t = await fresh();
    await t.append('default', [event('a')]);
    const { next } = await page(t, 1);
    const message = 'x'.repeat(8_000);
    for (let i = 0; i < 30; i += 1)
      await t.append(
        'default',
        Array.from({ length: 50 }, () => event('service.tool_called', { message })),
      );
    const got = await page(t, 1, next);
    expect(got.missed).toEqual(t.health.droppedBefore - 2);
    expect(got.events.map(({ seq }) => seq)).toEqual([t.health.droppedBefore]);
  });
  test('a cursor of another store is rejected', async () => {
    const t = await fresh();
    await t.append('default', [event('a')]);
    const { next } = await page(t, 1);
    for (const after of ['', 'nonsense', '1', `${next}0`, `other-${next}`]) {
      expect(await outcomeOf(page(t, 1, after))).toEqual('invalid');
    }
  });
}
