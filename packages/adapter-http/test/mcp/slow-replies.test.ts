import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { SlowReplies } from '../../src/mcp/slow-replies.ts';

const AFTER_MS = 100;

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('law: a reply is slow exactly if it is not there after the time, and is called once', () => {
  const reply = fc.record({ startsAt: fc.nat(300), takes: fc.nat(250) });
  fc.assert(
    fc.property(fc.array(reply, { maxLength: 20 }), (replies) => {
      const slow = new SlowReplies(AFTER_MS);
      const calls = replies.map(() => 0);
      const awaited = replies.map((_reply, at) => ({
        isSlow: () => {
          calls[at] = (calls[at] ?? 0) + 1;
        },
      }));
      for (let now = 0; now <= 600; now += 1) {
        for (const [at, { startsAt, takes }] of replies.entries()) {
          const one = awaited[at];
          if (one === undefined) continue;
          if (startsAt === now) slow.add(one);
          if (startsAt + takes === now) slow.delete(one);
        }
        jest.advanceTimersByTime(1);
      }
      // The timer runs after the end of a reply in the same millisecond, and up to a millisecond late.
      for (const [at, { takes }] of replies.entries()) {
        if (takes <= AFTER_MS - 1) expect(calls[at]).toBe(0);
        else if (takes >= AFTER_MS + 2) expect(calls[at]).toBe(1);
        else expect(calls[at]).toBeLessThanOrEqual(1);
      }
      expect(jest.getTimerCount()).toBe(0);
    }),
    { numRuns: 30 },
  );
});
