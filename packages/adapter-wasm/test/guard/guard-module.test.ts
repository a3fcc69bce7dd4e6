import { expect, test } from '@jest/globals';
import { guardModule, type GuardedModule } from '../../src/guard/guard-module.ts';
import { add, answers, buildModule, op, u32, type BuiltModule } from '../support/wasm-module.ts';

const limits = { maxMemoryBytes: 16 * 65_536 };

function accepted(parts: BuiltModule): GuardedModule {
  const answer = guardModule(buildModule(parts), limits);
  if (answer.type === 'refused') throw new Error(answer.reason);
  return answer.module;
}

function refusal(bytes: Uint8Array): { readonly code: string; readonly reason: string } {
  const answer = guardModule(bytes, limits);
  if (answer.type === 'accepted') throw new Error('the module was accepted');
  return answer;
}

test('guardModule returns the exported functions and the used imports of a valid module', () => {
  const module = accepted({
    imports: [{ name: 'print_int', params: ['i64'] }],
    functions: [add, { name: 'half', params: ['f64'], results: ['f64'], body: op.get(0) }],
  });
  expect([...module.functions]).toEqual([
    ['add', { params: ['i64', 'i64'], results: ['i64'] }],
    ['half', { params: ['f64'], results: ['f64'] }],
  ]);
  expect(module).toMatchObject({ imports: ['print_int'], hasMemory: true, keepsState: false });
  expect(WebAssembly.validate(module.bytes)).toBe(true);
});

test('W06 guardModule names every unknown import in one error', () => {
  const bytes = buildModule({
    imports: [
      { name: 'system' },
      { name: 'print_int', params: ['i64'] },
      { module: 'wasi_snapshot_preview1', name: 'path_open' },
      { name: 'memory', raw: [2, 0, 1] },
      { name: 'table', raw: [1, 0x70, 0, 1] },
      { name: 'global', raw: [3, 0x7f, 0] },
    ],
  });
  expect(refusal(bytes)).toMatchObject({
    code: 'MODULE_INVALID',
    reason: expect.stringContaining('env.system, wasi_snapshot_preview1.path_open, env.memory, env.table, env.global'),
  });
});

test('W06 guardModule rejects a known import without a grant and names its effect', () => {
  const bytes = buildModule({
    imports: [
      { name: 'get_secret', params: ['i32'], results: ['i32'] },
      { name: 'http_get', params: ['i32'], results: ['i32'] },
    ],
  });
  expect(refusal(bytes)).toEqual({
    type: 'refused',
    code: 'WASM_CAPABILITY',
    reason:
      'env.get_secret (Secret), env.http_get (Network); a service is granted Log, Time and Random, and nothing grants more',
  });
});

test('guardModule rejects assertions in a service and accepts them in tests', () => {
  const bytes = buildModule({ imports: [{ name: 'assert_eq', params: ['i64', 'i64'], results: [] }] });
  expect(refusal(bytes)).toEqual({
    type: 'refused',
    code: 'WASM_CAPABILITY',
    reason: 'env.assert_eq (Test); clarityc test runs what asserts',
  });
  expect(guardModule(bytes, { ...limits, tests: true })).toMatchObject({ module: { imports: ['assert_eq'] } });
});

test('guardModule rejects an import name of the prototype chain as unknown', () => {
  const bytes = buildModule({ imports: [{ module: 'toString', name: 'constructor' }, { name: '__proto__' }] });
  expect(refusal(bytes).reason).toContain('toString.constructor, env.__proto__');
});

test('guardModule rejects an import with another signature and prints both signatures', () => {
  const bytes = buildModule({ imports: [{ name: 'print_int', params: ['i32'], results: ['f64'] }] });
  expect(refusal(bytes).reason).toBe('it imports env.print_int as (i32) -> f64, which is (i64) -> nothing');
});

test('T-252 guardModule lowers the maxima of memory and table to the caps', () => {
  const { bytes } = accepted({ memory: { min: 1 }, table: { min: 2 }, functions: [add], exports: [['table', 1, 0]] });
  const { memory, table } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  expect((memory as WebAssembly.Memory).grow(15)).toBe(1);
  expect(() => (memory as WebAssembly.Memory).grow(1)).toThrow(RangeError);
  expect(() => (table as WebAssembly.Table).grow(65_536)).toThrow(RangeError);
});

test('guardModule keeps a maximum below the cap', () => {
  const { bytes } = accepted({ memory: { min: 1, max: 2 }, functions: [add] });
  const { memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  expect(() => (memory as WebAssembly.Memory).grow(2)).toThrow(RangeError);
});

const tailCall = (...body: readonly number[]): BuiltModule => ({ functions: [{ name: 'f', body }] });
const deep = Array.from({ length: 2_001 }, () => [0x02, 0x40]).flat();

test.each<[string, BuiltModule, string]>([
  ['W04 a minimum of 4 GiB of memory', { memory: { min: 65_536 } }, 'it wants 65536 pages of memory'],
  ['W05 a table of ten million entries', { table: { min: 10_000_000 } }, 'it wants 10000000 table entries'],
  ['shared memory', { memory: { raw: [1, 3, 1, 2] } }, 'shared memory'],
  ['64-bit memory', { memory: { raw: [1, 4, 1] } }, '64-bit memory'],
  ['two memories', { memory: { raw: [2, 0, 1, 0, 1] } }, 'several memories'],
  ['a memory that is not exported', { exportMemory: false }, `it does not export its memory as 'memory'`],
  ['garbage-collected types', { rawTypes: [[0x5f, 0]] }, 'garbage-collected types'],
  ['a vector parameter', { rawTypes: [[0x60, 1, 0x7b, 0]] }, 'vectors (SIMD)'],
  ['a tail call', tailCall(0x12, 0), 'tail calls (return_call)'],
  ['an indirect tail call', tailCall(0x41, 0, 0x13, 0, 0), 'tail calls (return_call)'],
  ['a reference tail call', tailCall(0x15, 0), 'tail calls (return_call)'],
  ['an atomic wait', tailCall(0xfe, 1, 2, 0), 'threads (atomic instructions)'],
  ['a thrown exception', tailCall(0x08, 0), 'exceptions'],
  ['a vector instruction', tailCall(0xfd, 12), 'vectors (SIMD)'],
  ['a load from a second memory', tailCall(0x41, 0, 0x28, 0x42, 1, 0, 0x1a), 'several memories'],
  ['blocks in blocks in blocks', tailCall(...deep), 'it nests blocks deeper than 2000'],
])('guardModule rejects a module with %s', (_, parts, reason) => {
  expect(refusal(buildModule(parts))).toMatchObject({
    code: 'MODULE_INVALID',
    reason: expect.stringContaining(reason),
  });
});

test('guardModule rejects a function with 100,000 locals', () => {
  const body = [1, ...u32(100_000), 0x7f, 0x0b];
  const code = [1, ...u32(body.length), ...body];
  const sections = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, code.length, ...code];
  const bytes = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections]);
  expect(refusal(bytes).reason).toBe('a function has more than 50000 locals');
});

test('T-253 guardModule rejects a function body over 1 MiB and 20,001 functions', () => {
  const nops = Array<number>((1 << 20) + 1).fill(0x01);
  expect(refusal(buildModule({ functions: [{ name: 'f', body: nops }] })).reason).toContain('the limit is 1048576');
  const functions = Array.from({ length: 20_001 }, () => ({ body: [] }));
  expect(refusal(buildModule({ functions })).reason).toMatch(/20001 (types|functions), the limit is 20000/);
});

test('T-253 guardModule rejects a module over 16 MiB by its size', () => {
  expect(refusal(new Uint8Array((16 << 20) + 1)).reason).toBe('it has 16777217 bytes, the limit is 16777216');
});

test('W17 guardModule accepts 5,000 exports and rejects 10,001', () => {
  const functions = Array.from({ length: 5_000 }, (_, index) => answers(`f${String(index)}`, 1));
  expect(accepted({ functions }).functions.size).toBe(5_000);
  const exports = Array.from({ length: 10_001 }, (_, index) => [`e${String(index)}`, 0, 0] as const);
  expect(refusal(buildModule({ functions: [add], exports })).reason).toContain('exports, the limit is 10000');
});

test.each<[string, Uint8Array, string]>([
  ['empty', new Uint8Array(), 'it is not a WebAssembly module'],
  ['a text', new TextEncoder().encode('#!/bin/sh\necho hello\n'), 'it is not a WebAssembly module'],
  ['cut short', buildModule({ functions: [add] }).subarray(0, 25), 'it ends in the middle'],
  ['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 'it is a component'],
  ['of another version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), 'an unknown version'],
])('W09 guardModule rejects a file that is %s with the reason', (_, bytes, reason) => {
  expect(refusal(bytes)).toMatchObject({ code: 'MODULE_INVALID', reason: expect.stringContaining(reason) });
});

test.each<[string, BuiltModule]>([
  ['a mutable global', { globals: [[0x7e, 1, 0x42, 0, 0x0b]], functions: [add] }],
  ['a start function', { functions: [{ body: [] }], start: 0 }],
  [
    'an instruction that writes a table',
    { table: { min: 1 }, functions: [{ body: [...op.i32(0), ...op.refNull, ...op.tableSet] }] },
  ],
  [
    'an instruction that grows a table',
    { table: { min: 1 }, functions: [{ body: [...op.refNull, ...op.i32(1), ...op.tableGrow, ...op.drop] }] },
  ],
])('guardModule requires a new instance for each call of a module with %s', (_, parts) => {
  const module = accepted(parts);
  expect(module.keepsState).toBe(true);
  expect(WebAssembly.validate(module.bytes)).toBe(true);
});

test('guardModule removes custom sections', () => {
  const good = buildModule({ functions: [add] });
  const custom = [0, 6, 4, 0x6e, 0x61, 0x6d, 0x65, 1];
  const { bytes } = (guardModule(Uint8Array.from([...good, ...custom]), limits) as { module: GuardedModule }).module;
  expect(WebAssembly.Module.customSections(new WebAssembly.Module(bytes), 'name')).toEqual([]);
});
