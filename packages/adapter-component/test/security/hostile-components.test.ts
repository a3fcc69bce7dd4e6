import { afterAll, expect, test } from '@jest/globals';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { RawJson } from '@clarity-runtime/core';
import type { ComponentGrants, WasmModule } from '@clarity-runtime/core/ports';
import { LIFT, MEMORY } from '../support/components.ts';
import { programOf } from '../support/programs.ts';

const host = new WorkerWasmHost({ loadMs: 3_000 });
const { signal } = new AbortController();
const limits = { deadlineMs: 400, maxMemoryBytes: 8 << 20, maxResultBytes: 65_536 };

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

async function load(text: string, grants?: ComponentGrants): Promise<WasmModule & { readonly lines: string[] }> {
  const lines: string[] = [];
  const program = await programOf(text, grants);
  const module = await host.load(
    { wasm: new Uint8Array(), program, limits, onLog: (line) => lines.push(line) },
    signal,
  );
  return Object.assign(module, { lines });
}

async function outcome(module: WasmModule, name = 'f', args: unknown = {}): Promise<string> {
  const reply = await module.call(name, RawJson.of(args), { signal });
  return reply.type === 'failure' ? `${reply.code} ${reply.message}` : `${reply.type} ${reply.json.text}`;
}

/** A component with functions without parameters, by name, and `ok`, which returns 1. */
const withBodies = (bodies: Readonly<Record<string, string>>, result = 'u32', memory = MEMORY): string => {
  const all = Object.entries({ ...bodies, ok: '(i32.const 1)' });
  const lift = result === 'u32' || result === 'char' ? '' : LIFT;
  const typeOf = (name: string): string => (name === 'ok' ? 'u32' : result);
  return `(component
  (core module $m ${memory}
    ${all.map(([name, body]) => `(func (export "${name}") (result i32) ${body})`).join('\n    ')})
  (core instance $i (instantiate $m))
  ${all
    .map(([name]) => `(func (export "${name}") (result ${typeOf(name)}) (canon lift (core func $i "${name}") ${lift}))`)
    .join('\n  ')})`;
};

test('T-569 a function that loops, traps, divides by zero, leaves its memory or grows it fails alone', async () => {
  const bodies = {
    loop: '(loop (br 0)) (i32.const 0)',
    trap: 'unreachable',
    divide: '(i32.div_u (i32.const 1) (i32.const 0))',
    outside: '(i32.load (i32.const -1))',
    grow: '(drop (memory.grow (i32.const 1000))) (drop (memory.grow (i32.const 127))) (memory.size)',
  };
  const module = await load(withBodies(bodies));
  const found: string[] = [];
  for (const name of Object.keys(bodies)) {
    found.push(await outcome(module, name));
    expect(await outcome(module, 'ok')).toBe('value 1');
  }
  expect(found).toEqual([
    'WASM_DEADLINE it ran for 400 ms',
    expect.stringMatching(/^WASM_TRAP .*unreachable/),
    expect.stringMatching(/^WASM_TRAP .*divide by zero/),
    expect.stringMatching(/^WASM_TRAP .*out of bounds/),
    'value 128',
  ]);
});

test('T-569 a component that declares more memory than its service has is refused', async () => {
  const declared = withBodies({ f: '(i32.const 1)' }, 'u32', '(memory (export "memory") 200)');
  await expect(load(declared)).rejects.toMatchObject({ failure: { code: 'MODULE_INVALID' } });
});

const returning = (pointer: number, length: number): string =>
  `(i32.store (i32.const 16) (i32.const ${String(pointer)})) (i32.store (i32.const 20) (i32.const ${String(length)})) (i32.const 16)`;

test('T-569 results that are too large, or outside of the memory, give nothing away', async () => {
  const bodies = { large: returning(0, 65_536), outside: returning(-8, 100) };
  const bytes = await load(withBodies(bodies, '(list u8)'));
  expect(await outcome(bytes, 'large')).toBe('WASM_LIMIT the result is larger than 65536 bytes');
  expect(await outcome(bytes, 'outside')).toMatch(/^WASM_(TRAP|LIMIT|ABI)|^value ""$/);
  expect(await outcome(bytes, 'ok')).toBe('value 1');
  const character = await load(withBodies({ f: '(i32.const 0xd800)' }, 'char'));
  expect(await outcome(character)).toMatch(/^WASM_(TRAP|ABI)/);
});

test('T-569 a list of overlapping texts cannot exceed memory: its call ends and others are answered', async () => {
  // 60,000 pointers to one text of a megabyte would be 60 GB of text.
  const fill = `(local $at i32)
    (loop $next
      (i32.store (i32.add (i32.const 2097152) (i32.mul (local.get $at) (i32.const 8))) (i32.const 0))
      (i32.store (i32.add (i32.const 2097156) (i32.mul (local.get $at) (i32.const 8))) (i32.const 1048576))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 60000))))
    (i32.store (i32.const 1048580) (i32.const 2097152)) (i32.store (i32.const 1048584) (i32.const 60000))
    (i32.const 1048580)`;
  const memory = MEMORY.replace('1)', '64)');
  const module = await load(withBodies({ f: fill }, '(list string)', memory));
  expect(await outcome(module)).toMatch(/^WASM_(LIMIT|DEADLINE|TRAP|ABI)/);
  expect(await outcome(module, 'ok')).toBe('value 1');
});

test('T-569 exports that JavaScript gives a meaning are ordinary functions', async () => {
  const names = ['then', 'constructor', 'to-string', 'value-of'];
  const text = `(component (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    ${names.map((name) => `(func (export "${name}") (result u32) (canon lift (core func $i "f")))`).join('\n')})`;
  const module = await load(text);
  expect(module.functions.map(({ name }) => name)).toEqual(['then', 'constructor', 'to_string', 'value_of']);
  for (const { name } of module.functions) expect(await outcome(module, name)).toBe('value 7');
});

test('T-569 core modules in a component pass the guard of core modules', async () => {
  const tail =
    '(component (core module $m (func $a (export "f") (result i32) (return_call $a))) (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f"))))';
  await expect(load(tail)).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('tail calls') },
  });
});

test('T-570 `exit` of WASI ends its call only', async () => {
  const exit = `(component
    (import "wasi:cli/exit@0.2.0" (instance $h (export "exit" (func (param "status" (result))))))
    (core func $e (canon lower (func $h "exit")))
    (core module $m (import "h" "exit" (func $exit (param i32)))
      (func (export "f") (result i32) (call $exit (i32.const 0)) (i32.const 1)))
    (core instance $i (instantiate $m (with "h" (instance (export "exit" (func $e))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
  const module = await load(exit);
  expect(await outcome(module)).toBe('WASM_TRAP the component called exit (ok)');
  expect(await outcome(module)).toBe('WASM_TRAP the component called exit (ok)');
});
