import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../../src/memory/manual-clock.ts';
import { toCancellation } from '../../../src/domain/calls/cancellation.ts';
import { ConcurrencyLimiter } from '../../../src/application/calls/concurrency-limiter.ts';
import { settled } from '../../support/supervised.ts';

const COUNT = 6;

/** Calls of one client at a limiter with one slot: each runs from its entry until it is cancelled or ended. */
function calls(limiter: ConcurrencyLimiter) {
  const sent: number[] = [];
  const stops = Array.from({ length: COUNT }, () => new AbortController());
  const releases = new Map<number, () => void>();
  const end = (n: number): void => {
    releases.get(n)?.();
    releases.delete(n);
  };
  for (const [n, { signal }] of stops.entries()) {
    signal.addEventListener('abort', () => {
      end(n);
    });
    void Promise.resolve(limiter.enter({ caller: 'c', now: 0, cancellation: toCancellation({ signal }) })).then(
      (release) => {
        if (typeof release === 'string') return;
        sent.push(n);
        releases.set(n, release);
      },
      () => undefined,
    );
  }
  return { sent, stops, end };
}

test('Q47 law: whichever of its calls a client cancels, in any order, none of those that waited is sent', async () => {
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 1 }), async (cancelled) => {
      const clock = new ManualClock();
      const limiter = new ConcurrencyLimiter({ maxConcurrency: 1 }, clock);
      const { sent, stops, end } = calls(limiter);
      await settled();
      // One message after the other, as the notifications of a client arrive.
      for (const n of cancelled) {
        stops[n]?.abort();
        await settled();
      }
      for (let n = 0; n < COUNT; n += 1) {
        clock.advance(50);
        await settled();
        end(n);
        await settled();
      }
      const kept = [1, 2, 3, 4, 5].filter((n) => !cancelled.includes(n));
      expect(sent).toEqual([0, ...kept]);
      expect([limiter.inFlight, limiter.waiting]).toEqual([0, 0]);
    }),
  );
});

test('Q47 law: a client may take up to 49 ms between the cancellations of its calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 49 }), { minLength: COUNT, maxLength: COUNT }),
      async (pauses) => {
        const clock = new ManualClock();
        const limiter = new ConcurrencyLimiter({ maxConcurrency: 1 }, clock);
        const { sent, stops } = calls(limiter);
        await settled();
        for (const [n, pause] of pauses.entries()) {
          stops[n]?.abort();
          await settled();
          clock.advance(pause);
          await settled();
        }
        clock.advance(100);
        await settled();
        clock.advance(100);
        await settled();
        expect([sent, limiter.inFlight, limiter.waiting]).toEqual([[0], 0, 0]);
      },
    ),
  );
});

test('the slot of a cancelled call is free at once when no call waits, also for the next call without a queue', async () => {
  const limiter = new ConcurrencyLimiter({ maxConcurrency: 1, queue: 0 }, new ManualClock());
  const { sent, stops } = calls(limiter);
  await settled();
  expect(sent).toEqual([0]);
  stops[0]?.abort();
  expect(limiter.inFlight).toBe(0);
});

test('the slot of a call that ended is taken by the next call at once', async () => {
  const limiter = new ConcurrencyLimiter({ maxConcurrency: 1 }, new ManualClock());
  const { sent, end } = calls(limiter);
  await settled();
  end(0);
  await settled();
  expect(sent).toEqual([0, 1]);
});
