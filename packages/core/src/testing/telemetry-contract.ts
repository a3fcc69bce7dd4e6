import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { Telemetry } from '../ports/index.ts';
import { telemetryChainContract } from './telemetry-chain-contract.ts';
import { telemetryDurabilityContract } from './telemetry-durability-contract.ts';
import { telemetryReadingContract } from './telemetry-reading-contract.ts';
import { telemetryRetentionContract } from './telemetry-retention-contract.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

/** `open` opens the same store. `afterCrash` opens it as it is after a crash at this moment. */
export interface TelemetrySetup {
  readonly open: () => Promise<Telemetry>;
  readonly afterCrash?: () => Promise<Telemetry>;
}

/** Returns a valid event. */
export const sampleEvent = (kind: string, more: Partial<AuditEventDraft> = {}): AuditEventDraft => ({
  at: '2026-01-01T00:00:00.000Z',
  kind,
  level: 'info',
  message: kind,
  ...more,
});

/** Contract of a `Telemetry`. */
export function telemetryContract(kit: TestKit, name: string, setup: () => Promise<TelemetrySetup>): void {
  const { describe, test, expect } = kit;
  const fresh = async (): Promise<Telemetry> => (await setup()).open();
  const seqs = async (t: Telemetry): Promise<readonly number[]> =>
    (await t.events('default', { limit: 100_000 })).map(({ seq }) => seq);
  const oneTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

  describe(`Telemetry contract: ${name}`, () => {
    test('T-272 numbers have no gaps, also with overlapping appends', async () => {
      const t = await fresh();
      const kinds = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 'service.tool_called' : 'service.started'));
      const answers = await Promise.all(
        kinds.map((kind) => t.append('default', [sampleEvent(kind), sampleEvent(kind)])),
      );
      expect(await seqs(t)).toEqual(oneTo(100));
      expect(answers.flat().map(({ seq }) => seq)).toEqual(oneTo(100));
    });
    test('tenants share no event and no log line, or another tenant is rejected', async () => {
      const t = await fresh();
      await t.append('default', [sampleEvent('a.done')]);
      await t.log('default', 's', ['own line']);
      const seen = async (work: Promise<unknown>): Promise<string> => {
        const outcome = await outcomeOf(work);
        return outcome === 'ok' ? JSON.stringify(await work) : outcome;
      };
      for (const work of [
        t.events('other', { limit: 9 }),
        t.read('other', { limit: 9 }).then(({ events }) => events),
        t.logs('other', 's', 9),
      ])
        expect(['[]', 'invalid'].includes(await seen(work))).toEqual(true);
      const written = [
        await outcomeOf(t.append('other', [sampleEvent('b.done')])),
        await outcomeOf(t.log('other', 's', ['line of another'])),
        await outcomeOf(t.dropLogs('other', 's')),
      ];
      expect(written.every((outcome) => outcome === 'ok' || outcome === 'invalid')).toEqual(true);
      expect((await t.events('default', { limit: 9 })).map(({ kind }) => kind)).toEqual(['a.done']);
      expect(await t.logs('default', 's', 9)).toEqual(['own line']);
    });
    test('an event is returned unchanged, with a number and a unique id', async () => {
      const t = await fresh();
      const given = sampleEvent('service.started', {
        serviceId: 's',
        caller: { kind: 'token', id: 'abc', door: 'http' },
        data: { deep: { list: [1, null, 'ü\u0000\ud83d\ude00'] } },
      });
      const [answer] = await t.append('default', [given]);
      const [found] = await t.events('default', { limit: 1 });
      expect(found).toEqual({ ...given, seq: 1, id: answer?.id });
      expect(/^[^/]+\/\d+\/1$/.test(found?.id ?? '')).toEqual(true);
    });
    test('a batch has consecutive numbers, also with overlapping appends', async () => {
      const t = await fresh();
      const batch = (mark: string): Promise<unknown> =>
        t.append(
          'default',
          Array.from({ length: 5 }, () => sampleEvent('k.done', { message: mark })),
        );
      await Promise.all(['a', 'b', 'c'].map(batch));
      const order = (await t.events('default', { limit: 99 })).map(({ message }) => message).join('');
      expect(order).toEqual('aaaaabbbbbccccc');
    });
    test('a repeated operation adds nothing and returns the same events, also concurrently', async () => {
      const t = await fresh();
      const append = (): ReturnType<Telemetry['append']> =>
        t.append('default', [sampleEvent('a.done'), sampleEvent('service.tool_called')], { op: 'op-1' });
      const [first, second] = await Promise.all([append(), append()]);
      expect(second).toEqual(first);
      expect(await append()).toEqual(first);
      expect(await seqs(t)).toEqual([1, 2]);
      expect(first.map(({ op }) => op)).toEqual(['op-1', 'op-1']);
    });
    test('an empty batch adds nothing', async () => {
      const t = await fresh();
      expect(await t.append('default', [])).toEqual([]);
      expect(await seqs(t)).toEqual([]);
    });
    test('stored events do not change with the given or the returned object', async () => {
      const t = await fresh();
      const data = { list: [1] };
      const waiting = t.append('default', [sampleEvent('a.done', { data })]);
      data.list.push(2);
      const [answer] = await waiting;
      (answer?.data as typeof data).list.push(3);
      const [found] = await t.events('default', { limit: 1 });
      expect(found?.data).toEqual({ list: [1] });
      (found?.data as typeof data).list.push(4);
      expect((await t.events('default', { limit: 1 }))[0]?.data).toEqual({ list: [1] });
    });
    test('an event that is too large or not JSON is rejected with its batch', async () => {
      const t = await fresh();
      const large = sampleEvent('a.done', { message: 'x'.repeat(t.capabilities.maxValueBytes) });
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      expect(await outcomeOf(t.append('default', [sampleEvent('b.done'), large]))).toEqual('too_large');
      expect(await outcomeOf(t.append('default', [sampleEvent('c.done', { data: circle })]))).toEqual('invalid');
      expect(await outcomeOf(t.append('default', [sampleEvent('')]))).toEqual('invalid');
      expect(await seqs(t)).toEqual([]);
    });
    test('D15 the size is limited: the oldest events are dropped, and numbers continue', async () => {
      const t = await fresh();
      const message = 'x'.repeat(8_000);
      for (let i = 0; i < 30; i += 1)
        await t.append(
          'default',
          Array.from({ length: 50 }, () => sampleEvent('service.tool_called', { message })),
        );
      const kept = await seqs(t);
      const { droppedBefore } = t.health;
      expect(kept.at(-1)).toEqual(1_500);
      expect(kept[0]).toEqual(droppedBefore);
      expect(droppedBefore > 1 && kept.length * 8_000 <= 8 * 1024 * 1024).toEqual(true);
      expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => droppedBefore + i));
    });
    test('logs are stored per service, in order, until they are dropped', async () => {
      const t = await fresh();
      await Promise.all([t.log('default', 's1', ['one', 'two']), t.log('default', 's2', ['other'])]);
      await t.log('default', 's1', ['three']);
      expect(await t.logs('default', 's1', 2)).toEqual(['two', 'three']);
      await t.dropLogs('default', 's1');
      expect(await t.logs('default', 's1', 10)).toEqual([]);
      expect(await t.logs('default', 's2', 10)).toEqual(['other']);
      expect(await t.logs('default', '__proto__', 10)).toEqual([]);
    });
    test('logs are limited in lines, line length and total size', async () => {
      const t = await fresh();
      await t.log(
        'default',
        's',
        Array.from({ length: 2_500 }, (_, i) => String(i)),
      );
      expect((await t.logs('default', 's', 9_999)).length).toEqual(2_000);
      expect(await t.logs('default', 's', 1)).toEqual(['2499']);
      await t.log('default', 's', ['x'.repeat(100_000)]);
      expect((await t.logs('default', 's', 1))[0]?.length).toEqual(4_096);
      await t.log(
        'default',
        's',
        Array.from({ length: 200 }, () => 'y'.repeat(4_096)),
      );
      const size = (await t.logs('default', 's', 9_999)).join('').length;
      expect(size > 200_000 && size <= 256 * 1024).toEqual(true);
    });
    test('operations after dispose are rejected, and a second dispose does nothing', async () => {
      const t = await fresh();
      await t.append('default', [sampleEvent('service.tool_called')]);
      await t[Symbol.asyncDispose]();
      await t[Symbol.asyncDispose]();
      expect(await outcomeOf(t.append('default', [sampleEvent('b.done')]))).toEqual('closed');
      expect(await outcomeOf(t.events('default', { limit: 1 }))).toEqual('closed');
      expect(await outcomeOf(t.read('default', { limit: 1 }))).toEqual('closed');
      expect(await outcomeOf(t.verify('default'))).toEqual('closed');
      expect(await outcomeOf(t.log('default', 's', ['x']))).toEqual('closed');
      expect(await outcomeOf(t.logs('default', 's', 1))).toEqual('closed');
      expect(await outcomeOf(t.dropLogs('default', 's'))).toEqual('closed');
    });
    telemetryReadingContract(kit, fresh);
    telemetryRetentionContract(kit, fresh);
    telemetryChainContract(kit, setup);
    telemetryDurabilityContract(kit, setup);
  });
}
