import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { componentTranspiler } from '@clarity-runtime/adapter-component';
import { ProcessWasmHost, WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { RawJson } from '@clarity-runtime/core';
import type { WasmHost, WasmModule } from '@clarity-runtime/core/ports';
import { componentOf, LIFT, MEMORY } from '../support/components.ts';

const hosts = {
  threads: new WorkerWasmHost({ loadMs: 30_000 }),
  processes: new ProcessWasmHost(),
};
const cases = Object.entries(hosts);
const cacheFolder = mkdtempSync(join(tmpdir(), 'clarity-components-'));
const transpiler = componentTranspiler({ cacheFolder });
const { signal } = new AbortController();
/** Only calls that do not end have a short deadline of their own. */
const limits = { deadlineMs: 100_000, maxMemoryBytes: 8 << 20, maxResultBytes: 65_536 };

afterAll(async () => {
  await Promise.all(Object.values(hosts).map((host) => host[Symbol.asyncDispose]()));
  rmSync(cacheFolder, { recursive: true });
});

type Loaded = WasmModule & { readonly lines: string[] };

async function load(host: WasmHost, text: string): Promise<Loaded> {
  const lines: string[] = [];
  const program = await transpiler.prepare(await componentOf(text), {}, signal);
  const module = await host.load(
    {
      ...{ wasm: new Uint8Array(), program, limits, apart: true },
      onLog: (line) => lines.push(line),
    },
    signal,
  );
  return Object.assign(module, { lines });
}

async function outcome(module: WasmModule, name = 'f', deadlineMs = limits.deadlineMs): Promise<string> {
  const reply = await module.call(name, RawJson.of({}), { signal, deadlineMs });
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

test.each(cases)(
  'T-569 %s: a function that loops, traps, divides by zero, leaves its memory or grows it fails alone',
  async (_, host) => {
    const bodies = {
      loop: '(loop (br 0)) (i32.const 0)',
      trap: 'unreachable',
      divide: '(i32.div_u (i32.const 1) (i32.const 0))',
      outside: '(i32.load (i32.const -1))',
      grow: '(drop (memory.grow (i32.const 1000))) (drop (memory.grow (i32.const 127))) (memory.size)',
    };
    const module = await load(host, withBodies(bodies));
    const found: string[] = [];
    for (const name of Object.keys(bodies)) {
      found.push(await (name === 'loop' ? outcome(module, name, 400) : outcome(module, name)));
      expect(await outcome(module, 'ok')).toBe('value 1');
    }
    expect(found).toEqual([
      'WASM_DEADLINE it ran for 400 ms',
      expect.stringMatching(/^WASM_TRAP .*unreachable/),
      expect.stringMatching(/^WASM_TRAP .*divide by zero/),
      expect.stringMatching(/^WASM_TRAP .*out of bounds/),
      'value 128',
    ]);
  },
);

test.each(cases)('T-569 %s: a component that declares more memory than its service has is refused', async (_, host) => {
  const declared = withBodies({ f: '(i32.const 1)' }, 'u32', '(memory (export "memory") 200)');
  await expect(load(host, declared)).rejects.toMatchObject({ failure: { code: 'MODULE_INVALID' } });
});

const returning = (pointer: number, length: number): string =>
  `(i32.store (i32.const 16) (i32.const ${String(pointer)})) (i32.store (i32.const 20) (i32.const ${String(length)})) (i32.const 16)`;

test.each(cases)(
  'T-569 %s: results that are too large, or outside of the memory, give nothing away',
  async (_, host) => {
    const bodies = { large: returning(0, 65_536), outside: returning(-8, 100) };
    const bytes = await load(host, withBodies(bodies, '(list u8)'));
    expect(await outcome(bytes, 'large')).toBe('WASM_LIMIT the result is larger than 65536 bytes');
    expect(await outcome(bytes, 'outside')).toBe(
      'WASM_ABI the component broke the canonical ABI: a list is outside of its memory',
    );
    expect(await outcome(bytes, 'ok')).toBe('value 1');
    const character = await load(host, withBodies({ f: '(i32.const 0xd800)' }, 'char'));
    expect(await outcome(character)).toMatch(/^WASM_(TRAP|ABI)/);
  },
);

test.each(cases)(
  'T-569 %s: a list of overlapping texts cannot exceed memory: its call ends and others are answered',
  async (_, host) => {
    // 60,000 pointers to one text of a megabyte would be 60 GB of text.
    const fill = `(local $at i32)
    (loop $next
      (i32.store (i32.add (i32.const 2097152) (i32.mul (local.get $at) (i32.const 8))) (i32.const 0))
      (i32.store (i32.add (i32.const 2097156) (i32.mul (local.get $at) (i32.const 8))) (i32.const 1048576))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 60000))))
    (i32.store (i32.const 1048580) (i32.const 2097152)) (i32.store (i32.const 1048584) (i32.const 60000))
    (i32.const 1048580)`;
    const memory = MEMORY.replace('1)', '64)');
    const module = await load(host, withBodies({ f: fill }, '(list string)', memory));
    expect(await outcome(module)).toMatch(/^WASM_(LIMIT|DEADLINE|TRAP|ABI)/);
    expect(await outcome(module, 'ok')).toBe('value 1');
  },
);

test.each(cases)('T-569 %s: exports that JavaScript gives a meaning are ordinary functions', async (_, host) => {
  const names = ['then', 'constructor', 'to-string', 'value-of'];
  const text = `(component (core module $m (func (export "f") (result i32) (i32.const 7)))
    (core instance $i (instantiate $m))
    ${names.map((name) => `(func (export "${name}") (result u32) (canon lift (core func $i "f")))`).join('\n')})`;
  const module = await load(host, text);
  expect(module.functions.map(({ name }) => name)).toEqual(['then', 'constructor', 'to_string', 'value_of']);
  for (const { name } of module.functions) expect(await outcome(module, name)).toBe('value 7');
});

test.each(cases)('T-569 %s: core modules in a component pass the guard of core modules', async (_, host) => {
  const tail =
    '(component (core module $m (func $a (export "f") (result i32) (return_call $a))) (core instance $i (instantiate $m)) (func (export "f") (result u32) (canon lift (core func $i "f"))))';
  await expect(load(host, tail)).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('tail calls') },
  });
});

test.each(cases)('T-570 %s: `exit` of WASI ends its call only', async (_, host) => {
  const exit = `(component
    (import "wasi:cli/exit@0.2.0" (instance $h (export "exit" (func (param "status" (result))))))
    (core func $e (canon lower (func $h "exit")))
    (core module $m (import "h" "exit" (func $exit (param i32)))
      (func (export "f") (result i32) (call $exit (i32.const 0)) (i32.const 1)))
    (core instance $i (instantiate $m (with "h" (instance (export "exit" (func $e))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
  const module = await load(host, exit);
  expect(await outcome(module)).toBe('WASM_TRAP the component called exit (ok)');
  expect(await outcome(module)).toBe('WASM_TRAP the component called exit (ok)');
});

test.each(cases)(
  'T-576 %s: a component that prints without end is ended at its deadline, with a bounded log',
  async (_, host) => {
    const print = `(component
    (import "wasi:io/streams@0.2.0" (instance $io
      (export "output-stream" (type $out (sub resource)))
      (export "[method]output-stream.check-write" (func (param "self" (borrow $out)) (result u64)))
      (export "[method]output-stream.write-zeroes" (func (param "self" (borrow $out)) (param "len" u64) (result (result))))))
    (alias export $io "output-stream" (type $out))
    (import "wasi:cli/stdout@0.2.0" (instance $cli (export "get-stdout" (func (result (own $out))))))
    (core func $get (canon lower (func $cli "get-stdout")))
    (core func $zeroes (canon lower (func $io "[method]output-stream.write-zeroes")))
    (core module $m
      (import "h" "get" (func $get (result i32)))
      (import "h" "zeroes" (func $zeroes (param i32 i64) (result i32)))
      (func (export "ok") (result i32) (i32.const 1))
      (func (export "f") (result i32) (local $out i32)
        (local.set $out (call $get))
        (loop (drop (call $zeroes (local.get $out) (i64.const 65536))) (br 0))
        (i32.const 0)))
    (core instance $i (instantiate $m (with "h" (instance (export "get" (func $get)) (export "zeroes" (func $zeroes))))))
    (func (export "ok") (result u32) (canon lift (core func $i "ok")))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))`;
    const module = await load(host, print);
    expect(await outcome(module, 'f', 400)).toMatch(/^WASM_(DEADLINE|LIMIT)/);
    expect(await outcome(module, 'ok')).toBe('value 1');
    expect(module.lines.join('').length).toBeLessThan(1 << 20);
  },
);

test.each(cases)(
  'T-576 %s: a component that fills its memory and its stack fails alone, call after call',
  async (_, host) => {
    const bodies = {
      grow: '(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (memory.size)',
      recurse: '(call $down)',
    };
    const memory = `${MEMORY} (func $down (result i32) (i32.add (call $down) (i32.const 1)))`;
    const module = await load(host, withBodies(bodies, 'u32', memory));
    for (let round = 0; round < 3; round += 1) {
      expect(await outcome(module, 'grow')).toBe('value 128');
      expect(await outcome(module, 'recurse')).toMatch(/^WASM_TRAP/);
      expect(await outcome(module, 'ok')).toBe('value 1');
    }
  },
);
