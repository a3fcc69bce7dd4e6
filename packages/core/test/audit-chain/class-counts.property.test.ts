import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EVENT_CLASSES, eventClassOf } from '../../src/domain/audit/event-class.ts';
import { EVENT_KINDS } from '../../src/domain/audit/event-kinds.ts';
import { classIndexOf } from '../../src/audit-chain/class-counts.ts';

/** Texts that look like the end of the time and the begin of the kind. */
const tricky = fc.constantFrom(
  '","kind":"',
  '\\',
  '"',
  '","kind":"service.tool_called"',
  '2026-01-01T00:00:00.000Z',
  'é',
);
const text = fc.oneof(
  fc.string(),
  fc.array(tricky, { maxLength: 4 }).map((parts) => parts.join('')),
);
const kind = fc.oneof(fc.constantFrom(...Object.keys(EVENT_KINDS)), text);

test('law: the class of an event in JSON is that of its kind, whatever its texts and the order of its members are', () => {
  fc.assert(
    fc.property(text, kind, kind, fc.nat(2), (at, of, other, order) => {
      const data = { a: at, kind: other };
      const orders = [
        { at, kind: of, data },
        { data, at, kind: of },
        { at, data, kind: of },
      ];
      expect(classIndexOf(JSON.stringify(orders[order]))).toBe(EVENT_CLASSES.indexOf(eventClassOf(of)));
    }),
    { numRuns: 500 },
  );
});
