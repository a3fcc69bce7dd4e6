import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isJsonObject, type JsonValue, JsonError, readJson, writeJson } from '../../src/json/json-value.ts';

/** Returns the value in the form of `JSON.parse`. */
function asParsed(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value === null || typeof value !== 'object') return value;
  if (!isJsonObject(value)) return value.map(asParsed);
  return Object.fromEntries(Array.from(value, ([name, member]) => [name, asParsed(member)]));
}

function attempt<Result>(read: () => Result): { readonly value: Result } | 'refused' {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof JsonError) && !(error instanceof SyntaxError)) throw error;
    return 'refused';
  }
}

const compare = (text: string): void => {
  expect(attempt(() => asParsed(readJson(text)))).toEqual(attempt(() => JSON.parse(text) as unknown));
};

test('parseJson returns the value of JSON.parse for valid JSON', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      compare(JSON.stringify(JSON.parse(text), null, indent));
    }),
    { numRuns: 1_000 },
  );
});

test('parseJson rejects JSON with changed characters or agrees with JSON.parse', () => {
  const edit = fc.record({
    at: fc.nat(200),
    put: fc.constantFrom(...Array.from('{}[]",:\\ tfn-+.eE0189\u0001\u00a0')),
    cut: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
      compare(edits.reduce((now, { at, put, cut }) => now.slice(0, at) + put + now.slice(at + cut), text));
    }),
    { numRuns: 5_000 },
  );
});

test('parseJson rejects texts of JSON characters or agrees with JSON.parse', () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from('{}[]",:\\ 0-.e1utrn"""')), maxLength: 20 });
  fc.assert(fc.property(text, compare), { numRuns: 10_000 });
});

test('parseJson keeps all digits of an integer, and the written text is the original', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (integer) => {
      const value = readJson(`[${String(integer)}]`);
      expect(BigInt((value as readonly (number | bigint)[])[0] ?? NaN)).toBe(integer);
      expect(writeJson(value)).toBe(`[${String(integer)}]`);
    }),
  );
});

test.each<[string, JsonValue]>([
  ['9007199254740991', 9007199254740991],
  ['9007199254740993', 9007199254740993n],
  ['-9223372036854775809', -9223372036854775809n],
  ['1e400', Infinity],
  ['1.0', 1],
  [' "\\u00e5\\\\" ', 'å\\'],
])('%s is %p', (text, value) => {
  expect(readJson(text)).toBe(value);
});

test('W18 parseJson rejects 129 and a million levels of nesting', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  expect(attempt(() => readJson(nested(129)))).not.toBe('refused');
  expect(() => readJson(nested(130))).toThrow('nested more than 128 levels deep');
  expect(() => readJson('{"a":'.repeat(1_000_000))).toThrow(JsonError);
});

test('parseJson accepts names of JavaScript such as __proto__, and the last duplicate wins', () => {
  const value = readJson('{"__proto__":1,"constructor":2,"a":3,"a":4}');
  expect(value).toEqual(
    new Map([
      ['__proto__', 1],
      ['constructor', 2],
      ['a', 4],
    ]),
  );
  expect(writeJson(value)).toBe('{"__proto__":1,"constructor":2,"a":4}');
});

test.each([
  ['', 'it ends too early'],
  ['[1', 'it ends too early'],
  ['{"a" 1}', 'an unexpected character at 5'],
  ['["secret', 'a string that begins at 1 has no end'],
  ['"\\x"', 'the string at 0 has a bad escape or a control character'],
  ['1 2', 'an unexpected character at 2'],
])('parseJson rejects %j with the position and without the text', (text, message) => {
  expect(() => readJson(text)).toThrow(new JsonError(message));
});
