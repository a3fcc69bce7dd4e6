import { expect, test } from '@jest/globals';
import { evaluate, program } from '../support/program.ts';

test('records store fields of all sizes in declaration order', () => {
  const { call, log } = program(`
    type Inner = { flag: Bool, ratio: Float64 }
    type Outer = { a: Bool, b: Int64, name: String, c: Float64, inner: Inner, d: Bool }
    effect[Log] function note(n: Int64) -> Int64 { print_int(n); n }
    effect[Log] function make() -> Outer {
      { d: True, b: note(7), a: note(8) == 8, c: 2.5, name: "n", inner: { ratio: 0.25, flag: True } }
    }
    function read(o: Outer) -> String {
      match o.a and o.inner.flag and o.d { True -> o.name ++ int_to_string(o.b) ++ float_to_string(o.c + o.inner.ratio), False -> "" }
    }`);
  const made = { a: true, b: 7n, name: 'n', c: 2.5, inner: { flag: true, ratio: 0.25 }, d: true };
  expect(call('make')).toEqual(made);
  expect(call('read', made)).toBe('n72.75');
  expect(log).toEqual(['7', '8']);
});

test('every variant of a union can be passed and returned', () => {
  const { call } = program(`
    type Shape = | Dot | Circle(radius: Float64) | Box(name: String, width: Int64, filled: Bool)
    function all() -> List<Shape> { [Dot, Circle(1.5), Box("b", 2, True), Box(filled: False, width: 3, name: "c")] }
    function same(shape: Shape) -> Shape { shape }`);
  const shapes = [
    { tag: 'Dot' },
    { tag: 'Circle', radius: 1.5 },
    { tag: 'Box', name: 'b', width: 2n, filled: true },
    { tag: 'Box', name: 'c', width: 3n, filled: false },
  ];
  expect(call('all')).toEqual(shapes);
  expect(shapes.map((shape) => call('same', shape))).toEqual(shapes);
});

test('types can contain themselves', () => {
  const { call } = program(`
    type Tree = | Leaf | Node(left: Tree, value: Int64, right: Tree)
    function insert(tree: Tree, value: Int64) -> Tree {
      match tree {
        Leaf -> Node(Leaf, value, Leaf),
        Node(left, here, right) if value < here -> Node(insert(left, value), here, right),
        Node(left, here, right) -> Node(left, here, insert(right, value))
      }
    }
    function sum(tree: Tree) -> Int64 { match tree { Leaf -> 0, Node(l, v, r) -> sum(l) + v + sum(r) } }
    function f() -> Int64 { sum(insert(insert(insert(Leaf, 5), 2), 30)) }`);
  expect(call('f')).toBe(37n);
});

const ELEMENTS = [
  ['Int64', '1', '2', 1n, 2n],
  ['Float64', '0.5', '1.5', 0.5, 1.5],
  ['String', '"a"', '"b"', 'a', 'b'],
  ['Bool', 'True', 'False', true, false],
  ['Option<Int64>', 'Some(1)', 'None', { some: 1n }, null],
  ['List<Float64>', '[0.5]', '[]', [0.5], []],
] as const;

test.each(ELEMENTS)('the list functions return the expected values for List<%s>', (type, one, two, first, second) => {
  const { call } = program(`
    function xs() -> List<${type}> { append([${one}], ${two}) }
    function first() -> ${type} { head(xs()) }
    function second() -> ${type} { nth(xs(), 1) }
    function rest() -> List<${type}> { tail(xs()) }
    function back() -> List<${type}> { reverse(xs()) }
    function both() -> List<${type}> { concat(xs(), back()) }
    function changed() -> List<${type}> { list_set(xs(), 0, ${two}) }
    function count() -> Int64 { length(both()) + list_length(xs()) }
    function none() -> Bool { is_empty(tail(rest())) and !is_empty(rest()) }`);
  expect(call('first')).toEqual(first);
  expect(call('second')).toEqual(second);
  expect(call('rest')).toEqual([second]);
  expect(call('both')).toEqual([first, second, second, first]);
  expect(call('changed')).toEqual([second, second]);
  expect(call('xs')).toEqual([first, second]);
  expect(call('count')).toBe(6n);
  expect(call('none')).toBe(true);
});

test('an empty list can be passed and returned', () => {
  expect(evaluate('Int64', 'let xs = append([{}], {}); head(xs); length(tail(xs))')).toBe(1n);
});

test.each(['nth([1], 1)', 'nth([1], -1)', 'head([])', 'head(tail([1]))'])('%s traps in the host', (body) => {
  expect(() => evaluate('Int64', body)).toThrow(RangeError);
});

test('`None`, `[]` and `Err` get their type from the expected type', () => {
  const { call } = program(`
    type Holder = { items: List<Float64>, last: Option<Float64> }
    function empty() -> Holder { { items: [], last: None } }
    function pick(ok: Bool) -> Result<Holder, String> { match ok { True -> Ok(empty()), False -> Err("no") } }
    function put(holder: Holder, x: Float64) -> Holder { { last: Some(x), items: append(holder.items, x) } }
    function f() -> Holder { put(put(empty(), 0.5), 1.5) }`);
  expect(call('f')).toEqual({ items: [0.5, 1.5], last: { some: 1.5 } });
  expect(call('pick', false)).toEqual({ err: 'no' });
  expect(call('pick', true)).toEqual({ ok: { items: [], last: null } });
});
