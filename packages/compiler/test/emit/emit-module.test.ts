import { check, compileTests } from '@clarity-runtime/compiler';
import { expect, test } from '@jest/globals';
import { program } from '../support/program.ts';
import { sectionsOf, WasmReader } from '../support/wasm-reader.ts';

test('a module exports its memory, __heap_base and all functions when none has `export`', () => {
  const { exports, imports, raw } = program(`
    function one() -> Int64 { two() - 1 }
    function two() -> Int64 { 2 }`);
  expect(exports).toEqual(['memory', '__heap_base', 'one', 'two']);
  expect(imports).toEqual([]);
  expect(raw('one')).toBe(1n);
});

test('a module contains only the functions with `export` and their callees when some have it', () => {
  const { exports, imports } = program(`
    export function one() -> Int64 { helper() }
    function helper() -> Int64 { string_length("x") }
    function unused() -> Float64 { sqrt(2.0) }
    effect[Test] function test_one() -> Unit { assert_eq(one(), 1) }`);
  expect(exports).toEqual(['memory', '__heap_base', 'one']);
  expect(imports).toEqual(['string_length']);
});

const TESTED = `module tested
  function one() -> Int64 { 1 }
  function only_tests() -> Float64 { sqrt(4.0) }
  effect[Test] function same(left: Int64, right: Int64) -> Unit { assert_eq(left, right) }
  effect[Test] function test_one() -> Unit { same(one(), 1) }
  effect[Test] function test_root() -> Unit { assert_eq_float(only_tests(), 2.0) }`;

test('a service contains neither tests nor helpers with the effect Test', () => {
  const { exports, imports, document } = program(TESTED);
  expect(exports).toEqual(['memory', '__heap_base', 'one', 'only_tests']);
  expect(imports).toEqual(['sqrt']);
  expect(document.functions.map(({ name }) => name)).toEqual(['one', 'only_tests']);
});

test('compileTests emits the tests with their callees and lists the tests in the document', () => {
  const compilation = compileTests({ file: 'tested.clarity', text: TESTED });
  if (!compilation.ok) throw new Error('the source has errors');
  expect(compilation.document.functions.map(({ name }) => name)).toEqual(['test_one', 'test_root']);
  const module = new WebAssembly.Module(new Uint8Array(compilation.wasm));
  const exports = WebAssembly.Module.exports(module).map(({ name }) => name);
  expect(exports).toEqual(['memory', '__heap_base', 'test_one', 'test_root']);
  const imports = WebAssembly.Module.imports(module).map(({ name }) => name);
  expect(imports.sort()).toEqual(['assert_eq', 'assert_eq_float', 'sqrt']);
});

test('a module with tests only is EMPTY_MODULE', () => {
  const [found, ...others] = check({ file: 'm.clarity', text: 'module m\nfunction test_a() -> Bool { True }' });
  expect(found).toMatchObject({ code: 'EMPTY_MODULE', line: 1, column: 8, message: 'this module contains only tests' });
  expect(others).toEqual([]);
});

test('a module imports each used host function once', () => {
  const { wasm } = program(
    'function f(a: String, b: String) -> String { a ++ b ++ a ++ match a == b { True -> "", False -> b } }',
  );
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(new Uint8Array(wasm)));
  expect(imports).toEqual([
    { module: 'env', name: 'string_concat', kind: 'function' },
    { module: 'env', name: 'string_eq', kind: 'function' },
  ]);
});

test('a module has a bounded memory, no start function and no custom section', () => {
  const { wasm } = program('function f() -> String { "text" }');
  expect(sections(wasm)).toEqual([1, 3, 5, 6, 7, 10, 11]);
  expect(memoryLimits(wasm)).toEqual({ least: 1, most: 16_384 });
});

test('equal literals are stored once, at multiples of four, below the heap', () => {
  const { raw, wasm } = program(`
    function a() -> String { "abcde" }
    function b() -> String { "abcde" }
    function c() -> String { "x" }
    function d() -> Option<Int64> { None }
    function e() -> Option<String> { None }`);
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => Number(raw(name)));
  expect(a).toBe(b);
  expect(new Set([a, c, d]).size).toBe(3);
  expect([a, c, d].map((address) => Number(address) % 4)).toEqual([0, 0, 0]);
  expect(a).toBeGreaterThan(0);
  expect(heapBase(wasm)).toBe(1024);
});

test('the heap starts after literals of more than 64 KiB', () => {
  const long = 'é'.repeat(50_000);
  const { call, wasm } = program(`
    function long() -> String { "${long}" }
    function short() -> String { "short" ++ "er" }`);
  expect(call('short')).toBe('shorter');
  expect(call('long')).toBe(long);
  expect(memoryLimits(wasm)).toEqual({ least: 2, most: 16_384 });
  expect(heapBase(wasm)).toBeGreaterThanOrEqual(100_000);
  expect(heapBase(wasm) % 8).toBe(0);
});

/** Returns the ids of the sections of a module in their order. */
const sections = (wasm: Uint8Array): readonly number[] => sectionsOf(wasm).map(({ id }) => id);

function memoryLimits(wasm: Uint8Array): { least: number; most: number } {
  const reader = new WasmReader(sectionsOf(wasm).find(({ id }) => id === 5)?.body ?? new Uint8Array());
  expect([reader.unsigned(), reader.unsigned()]).toEqual([1, 1]);
  return { least: reader.unsigned(), most: reader.unsigned() };
}

function heapBase(wasm: Uint8Array): number {
  const module = new WebAssembly.Module(new Uint8Array(wasm));
  const env = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]));
  return (new WebAssembly.Instance(module, { env }).exports['__heap_base'] as WebAssembly.Global<'i32'>).value;
}
