import { expect, test } from '@jest/globals';
import { program } from '../support/program.ts';
import { sectionsOf, WasmReader } from '../support/wasm-reader.ts';

test('a module exports its memory, where the heap begins, and all its functions when none is marked', () => {
  const { exports, imports, raw } = program(`
    function one() -> Int64 { 1 }
    function test_one() -> Int64 { one() }`);
  expect(exports).toEqual(['memory', '__heap_base', 'one', 'test_one']);
  expect(imports).toEqual([]);
  expect(raw('test_one')).toBe(1n);
});

test('where functions are marked `export` only those and tests are exported, and only what they reach is in the module', () => {
  const { exports, imports } = program(`
    export function one() -> Int64 { helper() }
    function helper() -> Int64 { string_length("x") }
    function unused() -> Float64 { sqrt(2.0) }
    effect[Test] function test_one() -> Unit { assert_eq(one(), 1) }`);
  expect(exports).toEqual(['memory', '__heap_base', 'one', 'test_one']);
  expect(imports).toEqual(['assert_eq', 'string_length']);
});

test('a module imports each host function that it uses once', () => {
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
  expect(memoryLimits(wasm)).toEqual({ least: 1, most: 256 });
});

test('literals are kept once, at multiples of four, below the heap', () => {
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

test('literals of more than 64 KiB are there, and the heap begins after them', () => {
  const long = 'é'.repeat(50_000);
  const { call, wasm } = program(`
    function long() -> String { "${long}" }
    function short() -> String { "short" ++ "er" }`);
  expect(call('short')).toBe('shorter');
  expect(call('long')).toBe(long);
  expect(memoryLimits(wasm)).toEqual({ least: 2, most: 256 });
  expect(heapBase(wasm)).toBeGreaterThanOrEqual(100_000);
  expect(heapBase(wasm) % 8).toBe(0);
});

/** The numbers of a module's sections in their order. */
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
