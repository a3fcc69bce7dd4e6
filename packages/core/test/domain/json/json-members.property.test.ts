import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arrayItems, membersOf, objectOf } from '../../../src/domain/json/json-members.ts';
import { RawJson } from '../../../src/domain/json/raw-json.ts';

const value = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 });

test('arrayItems returns the items in order, at most maxCount', () => {
  fc.assert(
    fc.property(fc.array(value), fc.constantFrom(0, 1, '\t'), (list, indent) => {
      const text = JSON.stringify(list, null, indent);
      const items = arrayItems(RawJson.fromText(text).bytes, 1_000);
      expect(items.map((item) => item.value)).toEqual(JSON.parse(text));
      expect(arrayItems(RawJson.fromText(text).bytes, 1)).toHaveLength(Math.min(1, list.length));
    }),
  );
});

test('objectOf restores the object that membersOf split', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), value), fc.constantFrom(0, 1), (object, indent) => {
      const raw = RawJson.fromText(JSON.stringify(object, null, indent));
      expect(objectOf(membersOf(raw)).value).toEqual(raw.value);
    }),
  );
});

test.each(['[1]', '5', 'null', '"{}"'])('membersOf returns an empty map for %s', (text) => {
  expect(membersOf(RawJson.fromText(text)).size).toBe(0);
});
