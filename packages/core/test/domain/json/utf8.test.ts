import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeUtf8, joined } from '../../../src/domain/json/utf8.ts';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ maxLength: 2_000 }));

test('law: encodeUtf8 returns the bytes of TextEncoder, and later texts do not change them', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
      const all = texts.map((each) => encodeUtf8(each));
      const expected = texts.map((each) => new TextEncoder().encode(each));
      expect(all.map((bytes) => [...bytes])).toEqual(expected.map((bytes) => [...bytes]));
    }),
  );
});

test('law: joined returns the bytes of all parts in order, in memory of its own', () => {
  const part = fc.uint8Array({ maxLength: 700 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const whole = joined(parts);
      const expected = parts.flatMap((each) => [...each]);
      joined([new Uint8Array(whole.length).fill(7)]);
      for (const each of parts) each.fill(9);
      expect([...whole]).toEqual(expected);
    }),
  );
});
