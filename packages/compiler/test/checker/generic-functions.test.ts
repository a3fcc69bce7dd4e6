import { expect, test } from '@jest/globals';
import { check } from '@clarity-runtime/compiler';
import { marked } from '../support/marked.ts';
import { program } from '../support/program.ts';

const LISTS = `
  function map<A, B>(xs: List<A>, f: (A) -> B) -> List<B> { map_from(xs, f, 0, []) }
  function map_from<A, B>(xs: List<A>, f: (A) -> B, at: Int64, done: List<B>) -> List<B> {
    match at < length(xs) { True -> map_from(xs, f, at + 1, append(done, f(nth(xs, at)))), False -> done }
  }
  function fold<A, B>(xs: List<A>, start: B, f: (B, A) -> B) -> B {
    match is_empty(xs) { True -> start, False -> fold(tail(xs), f(start, head(xs)), f) }
  }
  function or_else<T>(value: Option<T>, other: T) -> T { match value { Some(found) -> found, None -> other } }
  function same<T>(value: T) -> T { value }`;

test('a generic function returns its result for every type of its arguments', () => {
  const { call, exports, document } = program(`${LISTS}
    type Item = { name: String, price: Float64 }
    function halves(xs: List<Int64>) -> List<Float64> { map(xs, |x: Int64| int_to_float(x) / 2.0) }
    function names(items: List<Item>) -> List<String> { map(items, |item: Item| item.name) }
    function total(items: List<Item>) -> Float64 { fold(items, 0.0, |sum: Float64, item: Item| sum + item.price) }
    function sum(xs: List<Int64>) -> Int64 { fold(map(xs, same), 0, |a: Int64, b: Int64| a + b) }
    function pick(a: Option<String>, b: Option<Float64>) -> String { or_else(a, "none") ++ float_to_string(or_else(b, 1.5)) }
    function empty() -> Int64 { length(map([], |x: Int64| same(x))) + length(same([])) }`);
  const items = [
    { name: 'a', price: 0.5 },
    { name: 'b', price: 1 },
  ];
  expect(call('halves', [1n, 4n])).toEqual([0.5, 2]);
  expect(call('names', items)).toEqual(['a', 'b']);
  expect(call('total', items)).toBe(1.5);
  expect(call('sum', [1n, 2n, 3n])).toBe(6n);
  expect(call('pick', null, null)).toBe('none1.5');
  expect(call('pick', { some: 'x' }, { some: 2.5 })).toBe('x2.5');
  expect(call('empty')).toBe(0n);
  const own = ['halves', 'names', 'total', 'sum', 'pick', 'empty'];
  expect(exports).toEqual(['memory', '__heap_base', ...own]);
  expect(document.functions.map(({ name }) => name)).toEqual(own);
});

test('a tail call of a generic function takes no stack', () => {
  const { call } = program(`
    function repeat<T>(value: T, times: Int64) -> T { match times { 0 -> value, _ -> repeat(value, times - 1) } }
    function f(times: Int64) -> String { repeat("x", times) ++ float_to_string(repeat(0.5, times)) }`);
  expect(call('f', 3_000_000n)).toBe('x0.5');
});

test('generic functions can call each other and declare effects', () => {
  const { call, log } = program(`
    effect[Log] function each<T>(xs: List<T>, show: (T) -> String) -> Unit {
      match is_empty(xs) { True -> {}, False -> { print_string(show(head(xs))); other(tail(xs), show) } }
    }
    effect[Log] function other<T>(xs: List<T>, show: (T) -> String) -> Unit { each(xs, show) }
    effect[Log] function f() -> Unit { each([1, 2], int_to_string); each(["a"], |s: String| s ++ "!") }`);
  call('f');
  expect(log).toEqual(['1', '2', 'a!']);
});

test.each([
  [
    'TYPE_MISMATCH',
    'function same<T>(x: T) -> T { x }\nfunction f() -> String { «same(1)» }',
    'convert it with int_to_string(value)',
  ],
  [
    'TYPE_MISMATCH',
    'function pair<T>(a: T, b: T) -> T { a }\nfunction f() -> Int64 { pair(1, «"x"») }',
    'convert it with string_to_int(text), which returns None when the text is not a number',
  ],
  [
    'OPERATOR_TYPE',
    'function same<T>(x: T, y: T) -> Bool { x «==» y }\nfunction f() -> Bool { same(1, 2) }',
    'pass a function that compares: (T, T) -> Bool',
  ],
  ['TYPE_MISMATCH', 'function broken<T>(x: T) -> Int64 { «x» }\nfunction f() -> Int64 { 1 }', undefined],
  ['RESERVED_NAME', 'function bad<«List»>(x: Int64) -> Int64 { x }\nfunction f() -> Int64 { 1 }', 'use another name'],
  [
    'DUPLICATE_NAME',
    'function bad<T, «T»>(x: T) -> T { x }\nfunction f() -> Int64 { 1 }',
    'rename or remove one of the two',
  ],
  [
    'MISSING_EFFECT',
    'effect[Log] function say<T>(x: T) -> T { print_string("x"); x }\nfunction f() -> Int64 { «say»(1) }',
    'declare the effect: effect[Log] function f(…)',
  ],
  [
    'NOT_CONSTANT',
    'function same<T>(x: T) -> T { x }\nconst C: Int64 = «same»(1);\nfunction f() -> Int64 { C }',
    'declare a function without parameters instead',
  ],
  [
    'TYPE_TOO_LARGE',
    'function grow<T>(x: T, n: Int64) -> Int64 { match n { 0 -> 0, _ -> grow(«[x]», n - 1) } }\nfunction f() -> Int64 { grow(1, 3) }',
    undefined,
  ],
])('%s has the position and a hint: %s', (code, source, hint) => {
  const { text, line, column } = marked(`module sample\n${source}`);
  const found = check({ file: 'sample.clarity', text });
  const expected = { code, line, column, ...(hint === undefined ? {} : { hint }) };
  expect(found).toEqual([expect.objectContaining(expected)]);
});

test('a module with generic functions only is EMPTY_MODULE', () => {
  const found = check({ file: 'a.clarity', text: 'module a\nfunction same<T>(x: T) -> T { x }' });
  expect(found).toMatchObject([
    {
      code: 'EMPTY_MODULE',
      message: 'all functions of this module have type parameters, so clients cannot call them',
    },
  ]);
});
