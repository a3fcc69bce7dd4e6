import { expect, test } from '@jest/globals';
import { check } from '@clarity-runtime/compiler';
import { evaluate, program } from '../support/program.ts';
import { marked } from '../support/marked.ts';

const LISTS = `
  function map(xs: List<Int64>, f: (Int64) -> String, done: List<String>) -> List<String> {
    match is_empty(xs) { True -> done, False -> map(tail(xs), f, append(done, f(head(xs)))) }
  }
  function fold(xs: List<Float64>, start: Float64, f: (Float64, Float64) -> Float64) -> Float64 {
    match is_empty(xs) { True -> start, False -> fold(tail(xs), f(start, head(xs)), f) }
  }
  function keep(xs: List<Int64>, f: (Int64) -> Bool) -> List<Int64> {
    match is_empty(xs) { True -> [], False -> { let rest = keep(tail(xs), f); match f(head(xs)) { True -> concat([head(xs)], rest), False -> rest } } }
  }`;

test('functions, builtins and variants can be used as values', () => {
  const { call, document, exports } = program(`${LISTS}
    type Shape = | Dot | Circle(radius: Float64)
    function double(n: Int64) -> String { int_to_string(n * 2) }
    function add(a: Float64, b: Float64) -> Float64 { a + b }
    function f() -> List<String> { map([1, 2], double, []) }
    function g() -> List<String> { map([1, 2], int_to_string, map([3], double, [])) }
    function h() -> Float64 { fold([0.5, 1.5], 1.0, add) }
    function apply(f: (Float64) -> Shape) -> Shape { f(2.5) }
    function i() -> Shape { apply(Circle) }
    function j(xs: List<Int64>) -> Option<List<Int64>> { let some: (List<Int64>) -> Option<List<Int64>> = Some; some(xs) }`);
  expect(call('f')).toEqual(['2', '4']);
  expect(call('g')).toEqual(['6', '1', '2']);
  expect(call('h')).toBe(3);
  expect(call('i')).toEqual({ tag: 'Circle', radius: 2.5 });
  expect(call('j', [1n])).toEqual({ some: [1n] });
  expect(document.functions.map(({ name }) => name)).toEqual(['double', 'add', 'f', 'g', 'h', 'i', 'j']);
  expect(exports).toEqual(expect.arrayContaining(['map', 'fold', 'keep', 'apply']));
});

test('a lambda captures outer values of every size, also in nested lambdas', () => {
  const { call } = program(`${LISTS}
    function above(xs: List<Int64>, limit: Int64) -> List<Int64> { keep(xs, |x: Int64| x > limit) }
    function mixed(a: Int64, b: Float64, c: String, d: Bool) -> String {
      let f = |n: Int64| match d { True -> c ++ int_to_string(a + n) ++ float_to_string(b), False -> c };
      f(1)
    }
    function adder(a: Int64) -> (Int64) -> (Int64) -> Int64 { |b: Int64| |c: Int64| a * 100 + b * 10 + c }
    function nested() -> Int64 { let f = adder(1); let g = f(2); let h = f(3); g(4) + h(5) }`);
  expect(call('above', [1n, 5n, 3n], 2n)).toEqual([5n, 3n]);
  expect(call('mixed', 40n, 0.5, 'v', true)).toBe('v410.5');
  expect(call('mixed', 40n, 0.5, 'v', false)).toBe('v');
  expect(call('nested')).toBe(124n + 135n);
});

test('a lambda captures the value of a name at its creation', () => {
  expect(evaluate('Int64', 'let mut n = 1; let f = |x: Int64| x + n; n = 100; f(1) * 1000 + n')).toBe(2100n);
  expect(evaluate('Int64', 'let n = 1; let f = |x: Int64| { let n = x; n + n }; f(5) + n')).toBe(11n);
});

test('lambdas can have no parameters, return Unit, be in records and lists, and come from a match', () => {
  const { call, log } = program(`
    type Step = { name: String, run: (Int64) -> Int64 }
    effect[Log] function say(text: String) -> Unit { let f = |t: String| print_string(t); f(text); let g = || print_string("none"); g() }
    function steps() -> List<Step> { [{ name: "inc", run: |x: Int64| x + 1 }, { name: "dec", run: |x: Int64| x - 1 }] }
    function f(at: Int64) -> Int64 { let step = nth(steps(), at); let run = step.run; run(10) }
    function g(up: Bool) -> Int64 { let run = match up { True -> |x: Int64| x + 1, False -> |x: Int64| x - 1 }; run(10) }
    const TWICE: (Int64) -> Int64 = |x: Int64| x * 2;
    function h() -> Int64 { TWICE(21) }`);
  call('say', 'hello');
  expect(log).toEqual(['hello', 'none']);
  expect([call('f', 0n), call('f', 1n), call('g', true), call('g', false), call('h')]).toEqual([11n, 9n, 11n, 9n, 42n]);
});

test('a function is in the table once for any number of uses', () => {
  const named = 'let f = g; let h = g; f(1) + h(2)';
  const once = program(`function g(x: Int64) -> Int64 { x }\nfunction f() -> Int64 { ${named} }`);
  const twice = program(`function g(x: Int64) -> Int64 { x }\nfunction f() -> Int64 { ${named} + { ${named} } }`);
  expect(once.call('f')).toBe(3n);
  expect(tableSize(once.wasm)).toBe(1);
  expect(tableSize(twice.wasm)).toBe(1);
});

/** Returns the table limits: the last bytes of the table section, which follows the function section. */
function tableSize(wasm: Uint8Array): number {
  const start = wasm.findIndex((byte, at) => byte === 4 && wasm[at + 1] === 5 && wasm[at + 3] === 0x70);
  expect(wasm[start + 5]).toBe(wasm[start + 6]);
  return wasm[start + 5] ?? 0;
}

test.each([
  [
    'MISSING_EFFECT',
    'effect[Log] function say(t: String) -> Unit { print_string(t) }\nfunction f() -> Int64 { let g = «say»; 1 }',
    'declare the effect: effect[Log] function f(…)',
  ],
  [
    'MISSING_EFFECT',
    'function f() -> Int64 { let g = «print_string»; 1 }',
    'declare the effect: effect[Log] function f(…)',
  ],
  [
    'MISSING_EFFECT',
    'function f() -> Int64 { let g = |t: String| «print_string»(t); 1 }',
    'declare the effect: effect[Log] function f(…)',
  ],
  [
    'NOT_CONSTANT',
    'function g() -> Int64 { 1 }\nconst C: () -> Int64 = «g»;',
    'declare a function without parameters instead',
  ],
  [
    'NOT_MUTABLE',
    'function f() -> Int64 { let mut n = 1; let g = |x: Int64| { «n» = x; x }; g(2) }',
    'return the new value from the lambda',
  ],
  [
    'TYPE_MISMATCH',
    'function g(f: (Int64) -> Int64) -> Int64 { f(1) }\nfunction f() -> Int64 { g(|x: Int64| «"s"») }',
    'convert it with string_to_int(text), which returns None when the text is not a number',
  ],
  ['WRONG_ARITY', 'function g(f: (Int64) -> Int64) -> Int64 { f(1, «2») }', 'call it as f(Int64)'],
  [
    'TYPE_MISMATCH',
    'function g(f: (Int64) -> Int64) -> Int64 { f(«"x"») }',
    'convert it with string_to_int(text), which returns None when the text is not a number',
  ],
  ['UNIT_VALUE', 'function g(f: («Unit») -> Int64) -> Int64 { 1 }', 'remove it'],
  ['DUPLICATE_NAME', 'function f() -> Int64 { let g = |x: Int64, «x»: Int64| x; 1 }', 'use another name'],
  ['OPERATOR_TYPE', 'function f(a: (Int64) -> Int64) -> Bool { a «==» a }', 'compare the results of the functions'],
])('%s has the position and a hint: %s', (code, source, hint) => {
  const { text, line, column } = marked(`module sample\n${source}`);
  const found = check({ file: 'sample.clarity', text });
  expect(found).toContainEqual(expect.objectContaining({ code, line, column, hint }));
});

test('a function with a function parameter is emitted when no function value exists', () => {
  const { call } = program(`
    function apply(f: (Int64) -> Int64) -> Int64 { f(1) }
    function one() -> Int64 { 1 }`);
  expect(call('one')).toBe(1n);
});
