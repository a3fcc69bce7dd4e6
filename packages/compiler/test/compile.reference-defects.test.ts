import { expect, test } from '@jest/globals';
import { check } from '@clarity-runtime/compiler';
import { evaluate, program } from './support/program.ts';

/** Known defects of the reference compiler that this compiler does not have. */

test('a function returns the value of a constant', () => {
  expect(evaluate('Int64', 'LIMIT * 2', 'const LIMIT: Int64 = 21;')).toBe(42n);
});

test('a list stores Float64 values', () => {
  expect(evaluate('Float64', 'nth(list_set(append([0.25], 0.5), 0, 4.0), 0) + head([0.125])')).toBe(4.125);
});

test('a literal inside a constructor pattern is compared', () => {
  const { call } = program(
    'function f(o: Option<Int64>) -> Int64 { match o { Some(5) -> 1, Some(_) -> 2, None -> 3 } }',
  );
  expect([{ some: 5n }, { some: 6n }, null].map((value) => call('f', value))).toEqual([1n, 2n, 3n]);
});

test('constructor patterns can be nested', () => {
  const source =
    'function f(o: Option<Result<Int64, String>>) -> Int64 { match o { Some(Ok(n)) -> n, Some(Err(_)) -> -1, None -> -2 } }';
  const { call } = program(source);
  expect([{ some: { ok: 7n } }, { some: { err: '' } }, null].map((value) => call('f', value))).toEqual([7n, -1n, -2n]);
});

test('a Float64 literal as a pattern is compared', () => {
  expect(evaluate('Int64', 'match 2.0 { 1.0 -> 1, 2.0 -> 2, _ -> 3 }')).toBe(2n);
});

test('a string literal that is used in a guard only is compared', () => {
  const { call } = program('function f(s: String) -> Int64 { match s { t if t == "guarded" -> 1, _ -> 2 } }');
  expect([call('f', 'guarded'), call('f', '')]).toEqual([1n, 2n]);
});

test('`let _` accepts a value of type Unit', () => {
  const { call, log } = program('effect[Log] function f() -> Int64 { let _ = print_string("x"); 1 }');
  expect(call('f')).toBe(1n);
  expect(log).toEqual(['x']);
});

test('a name in a pattern for Int64 or String is bound in its arm', () => {
  expect(evaluate('Int64', 'match 7 { 0 -> 0, n -> n + 1 }')).toBe(8n);
  expect(evaluate('String', 'match "a" { "" -> "", s -> s ++ s }')).toBe('aa');
});

test('guards are evaluated in the last match of a recursive function', () => {
  const { call } = program(`
    function collatz(n: Int64, steps: Int64) -> Int64 {
      match n { 1 -> steps, m if m % 2 == 0 -> collatz(m / 2, steps + 1), m -> collatz(3 * m + 1, steps + 1) }
    }`);
  expect(call('collatz', 27n, 0n)).toBe(111n);
});

test('the next arm is not evaluated when a guard is True', () => {
  const { call, log } = program(`
    effect[Log] function f(o: Option<Int64>) -> Int64 {
      match o { Some(n) if n > 0 -> n, Some(_) -> { print_string("below"); 0 }, None -> 0 }
    }`);
  expect(call('f', { some: 3n })).toBe(3n);
  expect(log).toEqual([]);
});

test('a match can be an operand', () => {
  expect(evaluate('String', '"a" ++ match 2 { 1 -> "x", _ -> "y" }')).toBe('ay');
  expect(evaluate('Float64', '1.5 * match "k" { "k" -> 2.0, _ -> 0.0 }')).toBe(3);
});

test('a let in an inner block does not change the outer name', () => {
  expect(
    evaluate('Int64', 'let n = 1; { let n = 2; n }; match True { True -> { let n = 3; n }, False -> 0 } + n'),
  ).toBe(4n);
});

test.each([
  ['a duplicate function', 'function f() -> Int64 { 1 }\nfunction f() -> Int64 { 2 }', 'DUPLICATE_NAME'],
  ['a number that is too large', 'function f() -> Int64 { 9223372036854775808 }', 'INT_OUT_OF_RANGE'],
  ['a comparison of unions', 'type U = | A | B\nfunction f() -> Bool { A == B }', 'OPERATOR_TYPE'],
  ['an order of texts', 'function f() -> Bool { "a" < "b" }', 'OPERATOR_TYPE'],
  [
    'a match that is exhaustive only because of guards',
    'function f(n: Int64) -> Int64 { match n { m if m > 0 -> 1 } }',
    'NON_EXHAUSTIVE_MATCH',
  ],
])('%s is rejected', (_, source, code) => {
  expect(check({ file: 'a.clarity', text: `module a\n${source}` })).toMatchObject([{ code }]);
});

test('types and functions can refer to later declarations', () => {
  const source =
    'type A = { b: B }\ntype B = { x: Int64 }\nfunction f() -> Int64 { g({ b: { x: 4 } }) }\nfunction g(a: A) -> Int64 { a.b.x }';
  expect(program(source).call('f')).toBe(4n);
});

test('named fields of a pattern are matched by name, not by position', () => {
  expect(
    evaluate('Int64', 'match Two(1, 2) { Two(b: x, a: y) -> x * 10 + y }', 'type T = | Two(a: Int64, b: Int64)'),
  ).toBe(21n);
});
