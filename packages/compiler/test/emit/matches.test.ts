import { expect, test } from '@jest/globals';
import { evaluate, program } from '../support/program.ts';

test('a match evaluates the first matching arm', () => {
  const { call } = program(`
    function size(n: Int64) -> String {
      match n { 0 -> "none", 1 -> "one", -1 -> "debt", _ -> "many" }
    }`);
  expect([0n, 1n, -1n, 2n].map((n) => call('size', n))).toEqual(['none', 'one', 'debt', 'many']);
});

test('String, Float64 and Bool patterns are compared by value', () => {
  const { call } = program(`
    function text(s: String) -> Int64 { match s { "" -> 0, "a" -> 1, "é" -> 2, _ -> 3 } }
    function fraction(x: Float64) -> Int64 { match x { 0.0 -> 0, 1.5 -> 1, -1.5 -> 2, _ -> 3 } }
    function truth(b: Bool) -> Int64 { match b { False -> 0, True -> 1 } }`);
  expect(['', 'a', 'é', 'b'].map((s) => call('text', s))).toEqual([0n, 1n, 2n, 3n]);
  expect([0, -0, 1.5, -1.5, 1.4, NaN].map((x) => call('fraction', x))).toEqual([0n, 0n, 1n, 2n, 3n, 3n]);
  expect([false, true].map((b) => call('truth', b))).toEqual([0n, 1n]);
});

test('a name in a pattern binds a value of any type', () => {
  const { call } = program(`
    function int(n: Int64) -> Int64 { match n { 0 -> 100, other -> other * 2 } }
    function text(s: String) -> String { match s { "" -> "empty", other -> other ++ "!" } }
    function float(x: Float64) -> Float64 { match x { y -> y + 0.5 } }
    function list(xs: List<Int64>) -> Int64 { match xs { ys -> length(ys) } }`);
  expect(call('int', 21n)).toBe(42n);
  expect(call('text', 'hi')).toBe('hi!');
  expect(call('float', 1)).toBe(1.5);
  expect(call('list', [1n, 2n])).toBe(2n);
});

test('patterns can be nested', () => {
  const { call } = program(`
    type Shape = | Dot | Box(name: String, size: Option<Int64>) | Pair(left: Result<Int64, String>, right: Float64)
    function f(shape: Shape) -> String {
      match shape {
        Box("unit", Some(1)) -> "unit box",
        Box(name, Some(n)) if n > 9 -> name ++ " large",
        Box(name, Some(n)) -> name ++ int_to_string(n),
        Box(_, None) -> "open box",
        Pair(Ok(0), _) -> "zero",
        Pair(Err(message), 0.5) -> message,
        Pair(_, x) -> float_to_string(x),
        Dot -> "dot"
      }
    }`);
  const box = (name: string, size: bigint | null) =>
    call('f', { tag: 'Box', name, size: size === null ? null : { some: size } });
  expect(box('unit', 1n)).toBe('unit box');
  expect(box('unit', 2n)).toBe('unit2');
  expect(box('b', 10n)).toBe('b large');
  expect(box('b', null)).toBe('open box');
  expect(call('f', { tag: 'Pair', left: { ok: 0n }, right: 7.5 })).toBe('zero');
  expect(call('f', { tag: 'Pair', left: { err: 'bad' }, right: 0.5 })).toBe('bad');
  expect(call('f', { tag: 'Pair', left: { err: 'bad' }, right: 7.5 })).toBe('7.5');
  expect(call('f', { tag: 'Dot' })).toBe('dot');
});

test('named fields of a pattern match the fields with that name', () => {
  const source = `
    type Move = | Move(dx: Int64, dy: Int64)
    function f() -> Int64 { match Move(1, 20) { Move(dy: b, dx: a) -> a * 100 + b } }`;
  expect(program(source).call('f')).toBe(120n);
});

test('an arm with a False guard is skipped, and one arm only is evaluated', () => {
  const { call, log } = program(`
    effect[Log] function note(text: String) -> Int64 { print_string(text); 1 }
    effect[Log] function f(value: Option<Int64>) -> Int64 {
      match value {
        Some(n) if n > 10 -> { note("large"); n },
        Some(n) if n > 5 -> { note("middle"); n * 10 },
        Some(n) -> { note("small"); n * 100 },
        None -> { note("none"); 0 }
      }
    }`);
  expect([11n, 6n, 1n].map((n) => call('f', { some: n }))).toEqual([11n, 60n, 100n]);
  expect(call('f', null)).toBe(0n);
  expect(log).toEqual(['large', 'middle', 'small', 'none']);
});

test('a guard can use names of the pattern and the function, and string literals', () => {
  const { call } = program(`
    function f(word: String, other: String) -> Int64 {
      match word { w if w == "only here" -> 1, w if w == other -> 2, _ -> 3 }
    }`);
  expect(call('f', 'only here', '')).toBe(1n);
  expect(call('f', 'same', 'same')).toBe(2n);
  expect(call('f', 'a', 'b')).toBe(3n);
});

test('a range matches the numbers from its first to its last', () => {
  const { call } = program(`
    function f(o: Option<Int64>) -> String {
      match o { Some(0) -> "none", Some(1..9) -> "digit", Some(-5..-1) -> "debt", Some(n) if n > 100 -> "large", _ -> "other" }
    }`);
  const names = [0n, 1n, 9n, 10n, -1n, -5n, -6n, 101n].map((n) => call('f', { some: n }));
  expect(names).toEqual(['none', 'digit', 'digit', 'other', 'debt', 'debt', 'other', 'large']);
});

test('the matched expression is evaluated once', () => {
  const { call, log } = program(`
    effect[Log] function next() -> Int64 { print_string("computed"); 3 }
    effect[Log] function f() -> Int64 { match next() { 1 -> 10, 2 -> 20, 3 -> 30, _ -> 40 } }`);
  expect(call('f')).toBe(30n);
  expect(log).toEqual(['computed']);
});

test('a match can be used wherever an expression is allowed', () => {
  expect(evaluate('String', '"a" ++ match 2 { 1 -> "one", _ -> "many" } ++ "z"')).toBe('amanyz');
  expect(evaluate('Int64', '1 + match Some(4) { Some(x) -> x, None -> 0 } * 2')).toBe(9n);
  expect(evaluate('Int64', 'nth([7, 8], match True { True -> 1, False -> 0 })')).toBe(8n);
  expect(evaluate('Int64', 'match match 1 { 1 -> "a", _ -> "b" } { "a" -> 10, _ -> 20 }')).toBe(10n);
});

test('arms of a match can have type Unit', () => {
  const { call, log } = program(`
    effect[Log] function f(b: Bool) -> Unit { match b { True -> print_string("yes"), False -> {} } }`);
  expect(call('f', false)).toBeUndefined();
  expect(call('f', true)).toBeUndefined();
  expect(log).toEqual(['yes']);
});
