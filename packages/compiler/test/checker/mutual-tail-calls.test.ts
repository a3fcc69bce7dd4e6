import { expect, test } from '@jest/globals';
import { check } from '@clarity-runtime/compiler';

const said = (declarations: string): readonly string[] =>
  check({ file: 'm.clarity', text: `module m\n${declarations}` }).map(
    ({ severity, code, line, message }) => `${severity} ${code} ${String(line)}: ${message}`,
  );

test('functions that call each other in last position cause one warning', () => {
  expect(
    said(`function even(n: Int64) -> Bool { match n { 0 -> True, _ -> odd(n - 1) } }
function odd(n: Int64) -> Bool { n != 0 and even(n - 1) }`),
  ).toEqual([
    'warning MUTUAL_TAIL_CALL 2: `even` and `odd` call each other in last position, so each call takes stack',
  ]);
});

test('the warning names three functions of a cycle in their order', () => {
  const [only, ...others] = said(`function a(n: Int64) -> Int64 { { b(n) } }
function b(n: Int64) -> Int64 { c(n) }
function c(n: Int64) -> Int64 { match n { 0 -> 0, _ -> a(n - 1) } }`);
  expect(only).toContain('`a` and `b` and `c` call each other');
  expect(others).toEqual([]);
});

test.each([
  ['a function that calls itself', 'function f(n: Int64) -> Int64 { match n { 0 -> 0, _ -> f(n - 1) } }'],
  [
    'functions that call each other elsewhere',
    'function f(n: Int64) -> Int64 { match n { 0 -> 0, _ -> 1 + g(n - 1) } } function g(n: Int64) -> Int64 { f(n) }',
  ],
])('%s causes no warning', (_, declarations) => {
  expect(said(declarations)).toEqual([]);
});
