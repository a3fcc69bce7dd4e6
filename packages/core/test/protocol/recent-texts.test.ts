import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RecentTexts } from '../../src/protocol/recent-texts.ts';

const MAX_COUNT = 4;
const MAX_LENGTH = 3;

test('law: a kept text has its last meaning or none, and neither number nor length exceeds the limits', () => {
  const steps = fc.array(fc.tuple(fc.string({ maxLength: 5 }), fc.nat(9)), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (kept) => {
      const recent = new RecentTexts<number>(MAX_COUNT, MAX_LENGTH);
      const last = new Map<string, number>();
      for (const [text, meaning] of kept) {
        recent.keep(text, meaning);
        last.set(text, meaning);
        expect(recent.get(text)).toBe(text.length <= MAX_LENGTH ? meaning : undefined);
        expect(recent.size).toBeLessThanOrEqual(MAX_COUNT);
        for (const [other, known] of last) expect([undefined, known]).toContain(recent.get(other));
      }
    }),
  );
});
