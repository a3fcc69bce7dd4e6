import type { Limiter, Slot, SlotRequest } from '../ports/index.ts';
import { outcomeOf } from './outcome.ts';
import type { TestKit } from './test-kit.ts';

/** An open limiter. */
export interface LimiterSetup {
  readonly limiter: Limiter;
  /** Opens a second handle of the same budget, as another process does; absent for a limiter of one process. */
  readonly second?: () => Promise<Limiter>;
  /** Lets the time of the limiter pass. */
  readonly pass: (ms: number) => Promise<void>;
}

/** Contract of a `Limiter`. */
export function limiterContract(kit: TestKit, name: string, open: () => Promise<LimiterSetup>): void {
  const { describe, test, expect } = kit;
  const rule = { perMinute: 60, burst: 3 };
  const take = async (limiter: Limiter, { key = 'a', tenant = 'default', count = 1 } = {}): Promise<boolean> =>
    (await limiter.take(tenant, { key, count, rule })).granted;
  const slot: SlotRequest = { key: 'a', max: 2, ttlMs: 10_000 };
  const enter = async (limiter: Limiter, request = slot, tenant = 'default'): Promise<Slot> => {
    const answer = await limiter.enter(tenant, request);
    if (!answer.entered) throw new Error(`full with ${String(answer.inUse)}`);
    return answer;
  };
  const isFull = async (limiter: Limiter, request = slot): Promise<boolean> =>
    !(await limiter.enter('default', request)).entered;

  describe(`Limiter contract: ${name}`, () => {
    test('T-395 a bucket grants its burst and then its rate', async () => {
      const { limiter, pass } = await open();
      expect([await take(limiter), await take(limiter), await take(limiter), await take(limiter)]).toEqual([
        true,
        true,
        true,
        false,
      ]);
      await pass(1_000);
      expect([await take(limiter), await take(limiter)]).toEqual([true, false]);
      await pass(60_000);
      expect([await take(limiter, { count: 3 }), await take(limiter)]).toEqual([true, false]);
    });
    test('a refusal takes nothing and names a time after which the tokens are there', async () => {
      const { limiter, pass } = await open();
      await take(limiter, { count: 2 });
      const answer = await limiter.take('default', { key: 'a', count: 3, rule });
      if (answer.granted) throw new Error('granted');
      expect(answer.retryAfterMs > 0 && answer.retryAfterMs <= 2_000).toEqual(true);
      expect(await take(limiter)).toEqual(true);
      await pass(3_000);
      expect(await take(limiter, { count: 3 })).toEqual(true);
    });
    test('more tokens than the burst are never granted', async () => {
      const { limiter } = await open();
      const answer = await limiter.take('default', { key: 'a', count: 4, rule });
      expect(answer).toEqual({ granted: false, retryAfterMs: Infinity });
      expect(await take(limiter, { count: 3 })).toEqual(true);
    });
    test('overlapping requests never get more than the burst', async () => {
      const { limiter } = await open();
      const answers = await Promise.all(Array.from({ length: 20 }, () => take(limiter)));
      expect(answers.filter(Boolean).length).toEqual(3);
    });
    test('keys and tenants have buckets and slots of their own', async () => {
      const { limiter } = await open();
      await take(limiter, { count: 3 });
      expect([await take(limiter, { key: 'b' }), await take(limiter, { tenant: 'acme' })]).toEqual([true, true]);
      await enter(limiter);
      await enter(limiter);
      await enter(limiter, { ...slot, key: 'b' });
      await enter(limiter, slot, 'acme');
      expect(await isFull(limiter)).toEqual(true);
    });
    test('a released slot is free; a second release frees no other slot', async () => {
      const { limiter } = await open();
      const [first] = [await enter(limiter), await enter(limiter)];
      expect(await limiter.enter('default', slot)).toEqual({ entered: false, inUse: 2 });
      await first.release();
      await first.release();
      await enter(limiter);
      expect(await isFull(limiter)).toEqual(true);
      expect(await outcomeOf(first.renew())).toEqual('fenced');
    });
    test('a slot without a renewal expires, and a renewed one does not', async () => {
      const { limiter, pass } = await open();
      const [kept, left] = [await enter(limiter), await enter(limiter)];
      await pass(6_000);
      await kept.renew();
      await pass(6_000);
      expect(await outcomeOf(left.renew())).toEqual('fenced');
      await enter(limiter);
      expect([await isFull(limiter), await outcomeOf(kept.renew())]).toEqual([true, 'ok']);
    });
    test('invalid and aborted requests are rejected and take nothing', async () => {
      const { limiter } = await open();
      for (const count of [0, -1, 0.5, NaN])
        expect(await outcomeOf(limiter.take('default', { key: 'a', count, rule }))).toEqual('invalid');
      for (const tenant of ['', 'A', '*'])
        expect(await outcomeOf(limiter.take(tenant, { key: 'a', count: 1, rule }))).toEqual('invalid');
      expect(await outcomeOf(limiter.enter('default', { ...slot, ttlMs: 0 }))).toEqual('invalid');
      const signal = AbortSignal.abort();
      expect(await outcomeOf(limiter.take('default', { key: 'a', count: 3, rule }, { signal }))).toEqual('aborted');
      expect(await outcomeOf(limiter.enter('default', slot, { signal }))).toEqual('aborted');
      expect(await take(limiter, { count: 3 })).toEqual(true);
    });
    test('F13 two handles have one budget, and a closed handle frees its slots', async () => {
      const { limiter, second } = await open();
      if (second === undefined) return;
      const other = await second();
      await take(limiter, { count: 2 });
      expect([await take(other), await take(other), await take(limiter)]).toEqual([true, false, false]);
      await enter(other);
      await enter(limiter);
      expect([await isFull(limiter), await isFull(other)]).toEqual([true, true]);
      await other[Symbol.asyncDispose]();
      await enter(limiter);
      expect(await isFull(limiter)).toEqual(true);
    });
    test('operations after dispose are rejected', async () => {
      const { limiter } = await open();
      await limiter[Symbol.asyncDispose]();
      expect(await outcomeOf(limiter.take('default', { key: 'a', count: 1, rule }))).toEqual('closed');
      expect(await outcomeOf(limiter.enter('default', slot))).toEqual('closed');
    });
  });
}
