import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IdScanner } from '../../src/protocol/id-scanner.ts';

function idOf(text: string, cuts: readonly number[] = []): string | undefined {
  const bytes = new TextEncoder().encode(text);
  const scanner = new IdScanner();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  places.forEach((to, at) => {
    if (at > 0) scanner.push(bytes.subarray(places[at - 1], to));
  });
  return scanner.id;
}

const id = fc.oneof(fc.integer(), fc.string({ unit: 'grapheme', maxLength: 20 }));
const members = fc.array(fc.tuple(fc.string({ maxLength: 8 }), fc.jsonValue()), { maxLength: 6 });

test('M7 IdScanner finds the id of a message wherever it is, for every chunking and indentation', () => {
  fc.assert(
    fc.property(
      id,
      members,
      members,
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.constantFrom('', '\t', '  '),
      (value, before, after, cuts, indent) => {
        const others = (list: typeof before) => list.filter(([name]) => name !== 'id' && name !== '__proto__');
        // A Map keeps the order, also of names that look like numbers.
        const all = new Map<string, unknown>([...others(before), ['id', value], ...others(after)]);
        const text = `{${[...all].map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each, null, indent)}`).join(',')}}`;
        expect(idOf(text, cuts)).toBe(JSON.stringify(value));
      },
    ),
  );
});

test('M7 IdScanner ignores ids inside of params, results, strings and arrays', () => {
  expect(idOf('{"params":{"id":1},"text":"\\"id\\":2","list":[{"id":3}]}')).toBeUndefined();
  expect(idOf('[{"id":1}]')).toBeUndefined();
  expect(idOf('{"id":{"a":1}}')).toBeUndefined();
  expect(idOf('{"id":null}')).toBeUndefined();
});

test('M7 IdScanner keeps a bounded part of a message', () => {
  expect(idOf(`{"id":"${'x'.repeat(10_000)}","method":"${'y'.repeat(10_000)}"}`)).toBeUndefined();
  expect(idOf(`{"${'x'.repeat(10_000)}":1,"id":7}`)).toBe('7');
});
