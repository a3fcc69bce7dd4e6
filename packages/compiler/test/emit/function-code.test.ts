import { expect, test } from '@jest/globals';
import { evaluate, program } from '../support/program.ts';

test('functions can call each other in any source order', () => {
  const { call } = program(`
    function even(n: Int64) -> Bool { match n { 0 -> True, _ -> odd(n - 1) } }
    function odd(n: Int64) -> Bool { match n { 0 -> False, _ -> even(n - 1) } }
    function fib(n: Int64) -> Int64 { match n < 2 { True -> n, False -> fib(n - 1) + fib(n - 2) } }`);
  expect(call('even', 10n)).toBe(true);
  expect(call('odd', 10n)).toBe(false);
  expect(call('fib', 15n)).toBe(610n);
});

test('ten million tail calls of a function itself take no stack', () => {
  const { call } = program(`
    function count(n: Int64, sum: Int64) -> Int64 {
      match n { 0 -> sum, _ -> { let next = n - 1; count(next, sum + n) } }
    }`);
  expect(call('count', 10_000_000n, 0n)).toBe(50_000_005_000_000n);
});

test('a tail call in a guarded arm, a nested match or after `and` takes no stack', () => {
  const { call } = program(`
    function guarded(n: Int64) -> Int64 {
      match n { m if m > 1000000 -> guarded(m - 1000000), m if m > 0 -> { match m % 2 { 0 -> guarded(m - 2), _ -> guarded(m - 1) } }, m -> m }
    }
    function positive(n: Int64) -> Bool { n >= 0 and (n == 0 or positive(n - 1)) }`);
  expect(call('guarded', 3_000_000n)).toBe(0n);
  expect(call('positive', 1_000_000n)).toBe(true);
});

test('a tail call can swap its parameters', () => {
  const { call } = program(`
    function swap(n: Int64, a: String, b: String) -> String { match n { 0 -> a ++ b, _ -> swap(n - 1, b, a) } }
    function gcd(a: Int64, b: Int64) -> Int64 { match b { 0 -> a, _ -> gcd(b, a % b) } }`);
  expect(call('swap', 3n, 'x', 'y')).toBe('yx');
  expect(call('gcd', 48n, 18n)).toBe(6n);
});

test('a recursive call in another position is a normal call', () => {
  const { call } = program(`
    function factorial(n: Int64) -> Int64 { match n { 0 -> 1, _ -> n * factorial(n - 1) } }
    function twice(n: Int64) -> Int64 { match n { 0 -> 0, _ -> { let rest = twice(n - 1); rest + 2 } } }`);
  expect(call('factorial', 20n)).toBe(2_432_902_008_176_640_000n);
  expect(call('twice', 5n)).toBe(10n);
});

test('a name of an inner block shadows the outer one without changing it', () => {
  const body = 'let x = 1; let y = { let x = 10; let x = x + 1; x * 2 }; x * 1000 + y';
  expect(evaluate('Int64', body)).toBe(1022n);
  expect(evaluate('Int64', 'let x = 1; match Some(5) { Some(x) -> x, None -> 0 } + x')).toBe(6n);
});

test('inner blocks of different types use their own variables', () => {
  const body =
    'let a = { let s = "x"; string_length(s) }; let b = { let f = 2.5; f * 2.0 }; let c = { let t = "yz"; t }; c ++ int_to_string(a) ++ float_to_string(b)';
  expect(evaluate('String', body)).toBe('yz15');
});

test('a name declared with let mut can be assigned', () => {
  expect(evaluate('Int64', 'let mut n = 1; n = n + 1; { n = n * 10; }; n')).toBe(20n);
  expect(evaluate('String', 'let mut s = "a"; s = s ++ "b"; let kept = s; s = "c"; kept ++ s')).toBe('abc');
});

test('a matched value is unchanged when an arm assigns', () => {
  expect(evaluate('Int64', 'let mut n = 1; match n { m if { n = 5; m == 2 } -> 0, m -> m * 100 + n }')).toBe(105n);
});

test('a constant has the value of its expression', () => {
  const { call } = program(`
    const LIMIT: Int64 = 6 * 7;
    const NAME: String = "n" ++ "m";
    const HALF: Float64 = 0.5;
    const XS: List<Int64> = [LIMIT, 1];
    const ON: Bool = True;
    function limit() -> Int64 { LIMIT + 1 }
    function name() -> String { NAME ++ NAME }
    function half() -> Float64 { HALF }
    function second() -> Int64 { nth(XS, 1) + nth(XS, 0) }
    function on() -> Bool { ON and LIMIT > 1 }`);
  expect(['limit', 'name', 'half', 'second', 'on'].map((f) => call(f))).toEqual([43n, 'nmnm', 0.5, 43n, true]);
});

test('expressions of type Unit are evaluated and discarded', () => {
  const { call, log } = program(`
    effect[Log] function say(n: Int64) -> Unit { print_int(n) }
    effect[Log] function f() -> Result<Unit, String> { let _ = say(1); let nothing = say(2); say(3); { say(4) }; Ok(nothing) }
    effect[Log] function g() -> Int64 { match f() { Ok(_) -> 1, Err(_) -> 2 } }
    function h() -> Unit {}`);
  expect(call('f')).toEqual({ ok: undefined });
  expect(call('g')).toBe(1n);
  expect(call('h')).toBeUndefined();
  expect(log).toEqual(['1', '2', '3', '4', '1', '2', '3', '4']);
});

test('arguments are evaluated in source order, also named ones', () => {
  const { call, log } = program(`
    effect[Log] function note(n: Int64) -> Int64 { print_int(n); n }
    function minus(a: Int64, b: Int64) -> Int64 { a - b }
    effect[Log] function f() -> Int64 { minus(b: note(1), a: note(20)) }
    effect[Log] function g() -> Int64 { minus(note(3), note(4)) }`);
  expect(call('f')).toBe(19n);
  expect(call('g')).toBe(-1n);
  expect(log).toEqual(['1', '20', '3', '4']);
});

test('`and` and `or` evaluate the right operand only if necessary', () => {
  const { call, log } = program(`
    effect[Log] function note(n: Int64, b: Bool) -> Bool { print_int(n); b }
    effect[Log] function f(a: Bool) -> Bool { a and note(1, False) or a and note(2, True) or note(3, a) }
    function safe(n: Int64) -> Bool { n != 0 and 10 / n > 3 }`);
  expect(call('f', true)).toBe(true);
  expect(call('f', false)).toBe(false);
  expect(log).toEqual(['1', '2', '3']);
  expect(call('safe', 0n)).toBe(false);
  expect(call('safe', 2n)).toBe(true);
});

test.each(['1 / f0()', '1 % f0()', '-9223372036854775808 / (f0() - 1)'])('%s traps', (body) => {
  expect(() => evaluate('Int64', body, 'function f0() -> Int64 { 0 }')).toThrow(WebAssembly.RuntimeError);
});
