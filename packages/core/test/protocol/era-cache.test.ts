import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Era } from '@clarity-runtime/core';
import { EraCache } from '@clarity-runtime/core/protocol';

test('Q32 the era of an earlier process is used until a connection fails', () => {
  const eras = new EraCache(Infinity, () => 0);
  expect(eras.get('a', 'legacy')).toBe('legacy');
  eras.forget('a');
  expect(eras.get('a', 'legacy')).toBeUndefined();
  eras.set('a', 'modern');
  expect(eras.get('a', 'legacy')).toBe('modern');
});

test('the era of an earlier process expires like a detected one, and is not used again', () => {
  let now = 0;
  const eras = new EraCache(1_000, () => now);
  expect(eras.get('a', 'legacy')).toBe('legacy');
  now = 1_000;
  expect(eras.get('a', 'legacy')).toBeUndefined();
  expect(eras.get('a', 'legacy')).toBeUndefined();
});

test('Q32 law: after a failure only a detected era is returned', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('forget' as const) }),
    fc.record({ do: fc.constant('set' as const), era: fc.constantFrom<Era>('legacy', 'modern') }),
    fc.record({ do: fc.constant('get' as const), stored: fc.constantFrom<Era>('legacy', 'modern') }),
  );
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const eras = new EraCache(Infinity, () => 0);
      let expected: Era | undefined;
      let isKnown = false;
      for (const each of steps) {
        if (each.do === 'forget') [expected, isKnown] = [undefined, true];
        if (each.do === 'forget') eras.forget('a');
        if (each.do === 'set') [expected, isKnown] = [each.era, true];
        if (each.do === 'set') eras.set('a', each.era);
        if (each.do !== 'get') continue;
        if (!isKnown) [expected, isKnown] = [each.stored, true];
        expect(eras.get('a', each.stored)).toBe(expected);
      }
    }),
  );
});
