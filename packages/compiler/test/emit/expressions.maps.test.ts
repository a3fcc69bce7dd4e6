import { expect, test } from '@jest/globals';
import { check } from '@clarity-runtime/compiler';
import { evaluate, program } from '../support/program.ts';

const KEYS = [
  ['String', '"a"', '"b"', 'a', 'b'],
  ['Int64', '1', '2', 1n, 2n],
] as const;
const VALUES = [
  ['Int64', '10', 10n],
  ['Float64', '0.5', 0.5],
  ['String', '"v"', 'v'],
  ['Bool', 'True', true],
  ['List<Float64>', '[0.5]', [0.5]],
  ['Timestamp', 'timestamp_from_int(7)', 7n],
] as const;

test.each(KEYS.flatMap((key) => VALUES.map((value) => [...key, ...value] as const)))(
  'a Map from %s with %s and %s stores values',
  (key, a, b, first, second, value, written, read) => {
    const type = `Map<${key}, ${value}>`;
    const { call } = program(`
      function m() -> ${type} { map_set(map_set(map_new(), ${a}, ${written}), ${b}, ${written}) }
      function size() -> Int64 { map_size(m()) }
      function has() -> Bool { map_has(m(), ${a}) and !map_has(map_remove(m(), ${a}), ${a}) }
      function get() -> Option<${value}> { map_get(m(), ${b}) }
      function none() -> Option<${value}> { map_get(map_remove(m(), ${b}), ${b}) }
      function keys() -> List<${key}> { map_keys(m()) }
      function values() -> List<${value}> { map_values(m()) }`);
    expect(call('size')).toBe(2n);
    expect(call('has')).toBe(true);
    expect(call('get')).toEqual({ some: read });
    expect(call('none')).toBeNull();
    expect(call('keys')).toEqual([first, second]);
    expect(call('values')).toEqual([read, read]);
    expect(call('m')).toEqual([
      [first, read],
      [second, read],
    ]);
  },
);

test('map_new gets its type from the expected type, also as an argument', () => {
  const { call, document } = program(`
    type Index = { words: Map<String, List<Int64>> }
    function count(m: Map<String, Int64>) -> Int64 { map_size(m) }
    function f() -> Int64 { count(map_new()) }
    function g() -> Index { { words: map_new() } }
    function h() -> Int64 { let m = map_new(); map_size(map_set(m, "k", 1.5)) }`);
  expect([call('f'), call('g'), call('h')]).toEqual([0n, { words: [] }, 1n]);
  const words = { kind: 'Map', key: { kind: 'String' }, value: { kind: 'List', element: { kind: 'Int64' } } };
  expect(document.types).toEqual({ Index: { kind: 'record', fields: [{ name: 'words', type: words }] } });
});

test('a program counts words with a Map', () => {
  const { call } = program(`
    function count(words: List<String>, seen: Map<String, Int64>) -> Map<String, Int64> {
      match is_empty(words) {
        True -> seen,
        False -> {
          let word = head(words);
          let before = match map_get(seen, word) { Some(n) -> n, None -> 0 };
          count(tail(words), map_set(seen, word, before + 1))
        }
      }
    }
    function f(text: String) -> Map<String, Int64> { count(split(text, " "), map_new()) }`);
  expect(call('f', 'a b a')).toEqual([
    ['a', 2n],
    ['b', 1n],
  ]);
});

test.each([
  ['function f(m: Map<Float64, Int64>) -> Int64 { 1 }', 'the key of a Map must be a String or an Int64, not Float64'],
  [
    'function f() -> Int64 { map_size(map_set(map_new(), True, 1)) }',
    'the key of a Map must be a String or an Int64, not Bool',
  ],
  ['function f(m: Map<String>) -> Int64 { 1 }', 'Map has the form Map<K, V>'],
  [
    'function f(m: Map<String, Int64>) -> Option<Int64> { map_get(m, 1) }',
    'parameter `key` of `map_get` is String, this is Int64',
  ],
  ['function f(m: Map<String, Unit>) -> Int64 { 1 }', 'a key or a value of Map cannot be Unit, which has no value'],
  ['function f(m: Dict<String, Int64>) -> Int64 { 1 }', 'unknown type `Dict`'],
])('%s is rejected: %s', (source, message) => {
  expect(check({ file: 'a.clarity', text: `module a\n${source}` })).toMatchObject([
    { message, hint: expect.any(String) },
  ]);
});

test('Timestamp and Bytes can be passed, stored and returned', () => {
  const { call, document } = program(`
    type Event = { at: Timestamp, flag: Bool, then: Timestamp }
    effect[Time] function f() -> Event { let t = now(); { at: t, flag: True, then: timestamp_add(t, 5) } }
    function between(e: Event) -> Int64 { timestamp_diff(e.then, e.at) }
    function first(times: List<Timestamp>) -> Option<Timestamp> { match is_empty(times) { True -> None, False -> Some(head(times)) } }
    function bytes(b: Bytes) -> Int64 { bytes_length(b) * 1000 + bytes_get(b, 1) }
    function back(b: Bytes) -> Bytes { bytes_from_string(bytes_to_string(b)) }
    effect[Random] function dice() -> Int64 { random_int(1, 6) }`);
  expect(call('f')).toEqual({ at: 1_700_000_000_000n, flag: true, then: 1_700_000_000_005n });
  expect(call('between', { at: 1n, flag: false, then: 9n })).toBe(8n);
  expect(call('first', [3n, 4n])).toEqual({ some: 3n });
  expect(call('bytes', 'AB')).toBe(2066n);
  expect(call('back', 'AB')).toBe('AB');
  expect(call('dice')).toBe(1n);
  expect(document.functions.map(({ effects }) => effects)).toEqual([['Time'], [], [], [], [], ['Random']]);
  expect(document.functions[3]?.params).toEqual([{ name: 'b', type: { kind: 'Bytes' } }]);
});

test('Timestamp and Int64 are different types, with a hint for the conversion', () => {
  const hints = (body: string): readonly (string | undefined)[] =>
    check({ file: 'a.clarity', text: `module a\neffect[Time] function f() -> ${body}` }).map(({ hint }) => hint);
  expect(hints('Int64 { now() }')).toEqual(['convert it with timestamp_to_int(value): milliseconds since 1970']);
  expect(hints('Timestamp { 5 }')).toEqual(['convert it with timestamp_from_int(milliseconds)']);
  expect(hints('Bool { now() < now() }')).toEqual(['use timestamp_diff(time, earlier), the milliseconds between two']);
});

test('a Float64 keeps its bits in a map', () => {
  expect(
    evaluate('Bool', 'match map_get(map_set(map_new(), 1, -0.0), 1) { Some(x) -> 1.0 / x < 0.0, None -> False }'),
  ).toBe(true);
});
