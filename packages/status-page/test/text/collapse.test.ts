import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { collapseRepeats } from '../../src/text/collapse.ts';

const event = fc.record({
  seq: fc.nat(),
  id: fc.constant('e'),
  at: fc.constant('2026-11-30T10:00:00.000Z'),
  kind: fc.constantFrom('a', 'b'),
  level: fc.constantFrom('info', 'warn'),
  message: fc.constantFrom('m', 'n'),
});

test('repeats are joined, and their counts add up to all events', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const rows = collapseRepeats(events);
      expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(events.length);
      for (const [index, row] of rows.entries()) {
        const next = rows[index + 1]?.event;
        expect(
          next?.kind === row.event.kind && next.level === row.event.level && next.message === row.event.message,
        ).toBe(false);
      }
    }),
  );
});
