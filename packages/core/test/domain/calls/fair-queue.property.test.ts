import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CancellationSource, toCancellation } from '../../../src/domain/calls/cancellation.ts';
import { FairQueue, type ReleaseSlot } from '../../../src/domain/calls/fair-queue.ts';
import { runs } from '../../../../../test/support/runs.ts';

const forever = new CancellationSource();

type Step = { readonly enter: string } | { readonly leave: number } | { readonly abort: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ enter: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ leave: fc.nat(20) }),
  fc.record({ abort: fc.nat(20) }),
);

test('FairQueue keeps its limits of running and waiting calls, and is empty at the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ places: fc.integer({ min: 1, max: 4 }), waiting: fc.nat(5) }),
      fc.array(step, { maxLength: 60 }),
      async (bounds, steps) => {
        const queue = new FairQueue(bounds);
        const inside: ReleaseSlot[] = [];
        const aborts: AbortController[] = [];
        let unsettled = 0;
        const check = (): void => {
          expect(queue.inside).toBeLessThanOrEqual(bounds.places);
          expect(queue.waiting).toBeLessThanOrEqual(bounds.waiting);
        };
        for (const each of steps) {
          if ('enter' in each) {
            const abort = new AbortController();
            aborts.push(abort);
            unsettled += 1;
            void Promise.resolve(queue.enter(each.enter, toCancellation(abort)))
              .then((leave) => leave && inside.push(leave))
              .catch(() => undefined)
              .finally(() => (unsettled -= 1));
          } else if ('leave' in each) inside.splice(each.leave, 1)[0]?.();
          else aborts[each.abort]?.abort(new Error('gone'));
          check();
          await Promise.resolve();
        }
        for (let rounds = 0; rounds < 200 && (inside.length > 0 || unsettled > 0); rounds += 1) {
          inside.shift()?.();
          await Promise.resolve();
        }
        expect([queue.inside, queue.waiting, unsettled]).toEqual([0, 0, 0]);
      },
    ),
  );
});

test('FairQueue alternates between callers when one of them has more waiting calls', async () => {
  const queue = new FairQueue({ places: 1, waiting: 100 });
  const order: string[] = [];
  const enter = async (caller: string): Promise<void> => {
    const leave = await queue.enter(caller, forever);
    order.push(caller);
    await Promise.resolve();
    leave?.();
  };
  await Promise.all([...Array.from({ length: 6 }, () => enter('greedy')), enter('b'), enter('c')]);
  expect(order.slice(0, 4)).toEqual(['greedy', 'greedy', 'b', 'c']);
});

test('FairQueue rejects the newest call of the caller with the most calls when it is full', async () => {
  const queue = new FairQueue({ places: 1, waiting: 3 });
  void queue.enter('greedy', forever);
  const greedy = Array.from({ length: 3 }, () => Promise.resolve(queue.enter('greedy', forever)));
  const modest = Promise.resolve(queue.enter('modest', forever));
  expect(await greedy[2]).toBeUndefined();
  expect(await queue.enter('greedy', forever)).toBeUndefined();
  expect(queue.waiting).toBe(3);
  queue.change({ places: 9, waiting: 0 });
  expect(await modest).toBeInstanceOf(Function);
});

test('FairQueue releases a slot once when its release function is called twice', async () => {
  const queue = new FairQueue({ places: 2, waiting: 0 });
  const leave = await queue.enter('a', forever);
  await queue.enter('b', forever);
  leave?.();
  leave?.();
  expect(queue.inside).toBe(1);
});

test('R13a FairQueue lets a caller wait for at most one call when another has 100 calls', async () => {
  const queue = new FairQueue({ places: 8, waiting: 64 });
  const running: ReleaseSlot[] = [];
  const greedy = Array.from({ length: 100 }, async () => {
    const leave = await queue.enter('greedy', forever);
    if (leave !== undefined) running.push(leave);
  });
  const modest = Promise.resolve(queue.enter('modest', forever));
  await Promise.resolve();
  running.shift()?.();
  expect(await modest).toBeInstanceOf(Function);
  expect(queue.inside).toBe(8);
  queue.change({ places: Infinity, waiting: 0 });
  await Promise.all(greedy);
});

test('R13a FairQueue leaves a caller with long calls at most half of the places while another one waits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 20, max: 120 }), async (places, count) => {
      const queue = new FairQueue({ places, waiting: 1_000 });
      const long: ReleaseSlot[] = [];
      const quick: ReleaseSlot[] = [];
      const enter = (caller: string, into: ReleaseSlot[]): void => {
        void Promise.resolve(queue.enter(caller, new CancellationSource())).then((leave) => leave && into.push(leave));
      };
      for (let i = 0; i < count; i += 1) enter('long', long);
      for (let i = 0; i < count * 2; i += 1) enter('quick', quick);
      await Promise.resolve();
      // The long calls end once, the quick ones at each step.
      for (const leave of long.splice(0)) leave();
      for (let step = 0; step < count; step += 1) {
        await Promise.resolve();
        expect(long.length).toBeLessThanOrEqual(Math.ceil(places / 2));
        quick.shift()?.();
      }
    }),
    { numRuns: runs(30) },
  );
});
