import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryJson, PRIMITIVES, type ValueType } from '../support/arbitrary-type.ts';
import { echoComponent } from '../support/components.ts';
import { startClarityd, type Clarityd } from '../../../../test/support/clarityd.ts';
import { legacyRawClient, modernRawClient, type RawClient } from '../../../../test/support/raw-client.ts';
import { temporaryWorkspace } from '../../../../test/support/workspace.ts';

/** Adds points, refuses zero, and rolls a die with random numbers of the host. */
const DICE = `(component
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core func $roll (canon lower (func $random "get-random-u64")))
  (core module $m
    (import "host" "roll" (func $roll (result i64)))
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (global.get $next))
      (global.set $next (i32.add (global.get $next) (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8))))
      (local.get $at))
    (func (export "move") (param i32 i32 i64) (result i32)
      (i32.store (i32.const 16) (i32.add (local.get 0) (i32.const 1)))
      (i32.store (i32.const 20) (i32.add (local.get 1) (i32.const 1)))
      (i64.store (i32.const 24) (local.get 2))
      (i32.const 16))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "half") (param i32) (result i32)
      (i32.store8 (i32.const 16) (i32.and (local.get 0) (i32.const 1)))
      (i32.store (i32.const 20) (i32.shr_u (local.get 0) (i32.const 1)))
      (i32.const 16))
    (func (export "roll") (result i64) (i64.add (i64.rem_u (call $roll) (i64.const 6)) (i64.const 1))))
  (core instance $i (instantiate $m (with "host" (instance (export "roll" (func $roll))))))
  (type $d0 (record (field "x" s32) (field "y-axis" s32) (field "id" u64)))
  (import "point" (type $point (eq $d0)))
  (func (export "move-point") (param "at" $point) (result $point)
    (canon lift (core func $i "move") (memory (core memory $i "memory"))))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "half") (param "of" u32) (result (result u32 (error u32)))
    (canon lift (core func $i "half") (memory (core memory $i "memory"))))
  (func (export "roll") (result u64) (canon lift (core func $i "roll"))))`;

const manifestOf = (wasmPath: string, capabilities: object): string =>
  JSON.stringify({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: wasmPath, module: 'dice' },
    spec: {
      origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' },
      ...{ enabled: true, autostart: true, policyRef: 'default', capabilities },
      restartPolicy: { mode: 'on-failure', maxRestarts: 3, windowSeconds: 60 },
    },
  });

async function resultOf(client: RawClient, name: string, args: object = {}): Promise<Record<string, unknown>> {
  const { result, error } = await client.request('tools/call', { name, arguments: args });
  if (result === undefined) throw new Error(`there is no result, but ${String(error)}`);
  return JSON.parse(result) as Record<string, unknown>;
}

const primitive = (kind: (typeof PRIMITIVES)[number]): ValueType => ({ kind });
const maybe = { kind: 'option', value: primitive('u32') } as const;
/** Each type of WIT that has a JSON form. */
const TYPES: readonly ValueType[] = [
  ...PRIMITIVES.map(primitive),
  { kind: 'list', element: primitive('u8') },
  { kind: 'list', element: primitive('string') },
  { kind: 'list', element: { kind: 'list', element: primitive('s64') } },
  { kind: 'tuple', items: [primitive('bool'), primitive('f32'), primitive('u64')] },
  {
    kind: 'record',
    fields: [
      { name: 'first-name', type: primitive('string') },
      { name: 'age', type: maybe },
    ],
  },
  {
    kind: 'variant',
    cases: [{ name: 'none' }, { name: 'at-point', type: { kind: 'tuple', items: [primitive('s8')] } }],
  },
  { kind: 'enum', names: ['north', 'south-west'] },
  { kind: 'flags', names: ['read', 'write-all', 'x'] },
  maybe,
  { kind: 'option', value: { kind: 'option', value: primitive('char') } },
  { kind: 'result', ok: primitive('f64'), err: primitive('string') },
  { kind: 'result' },
];

/** Values that no JSON of their type can be, by the index of the type. */
const REFUSED: readonly (readonly [kind: ValueType['kind'], value: unknown, reason: string])[] = [
  ['bool', 1, 'true or false'],
  ['u16', 65_536, 'an integer from 0 to 65535'],
  ['s8', -129, 'an integer from -128 to 127'],
  ['u32', 1.5, 'an integer from 0 to 4294967295'],
  ['s32', '7', 'an integer from'],
  ['u64', -1, 'or its digits in a string'],
  ['u64', '18446744073709551616', 'an integer from 0 to 18446744073709551615'],
  ['s64', '9223372036854775808', 'an integer from -9223372036854775808'],
  ['s64', 'seven', 'or its digits in a string'],
  ['f32', 1e39, 'a number that fits'],
  ['f64', 'nan', 'a number'],
  ['char', 'ab', 'a string of one character'],
  ['char', '', 'a string of one character'],
  ['string', 7, 'a string'],
  ['string', '\ud800', 'a string without lone surrogates'],
  ['list', 'not base64', 'bytes in base64'],
  ['tuple', [true, 1], 'a list of 3 values'],
  ['record', { 'first-name': 'Ada', extra: 1 }, "no member 'extra'"],
  ['record', { age: 1 }, 'is missing'],
  ['variant', { tag: 'other' }, 'an object with a tag of none, at-point'],
  ['variant', { tag: 'none', val: 1 }, 'no val for the tag none'],
  ['enum', 'east', 'one of north, south-west'],
  ['flags', ['read', 'read'], 'at most once'],
  ['option', 'x', 'an integer'],
  ['result', { ok: 1, err: 'x' }, "one member 'err'"],
];

let daemon: Clarityd;
let folder: Awaited<ReturnType<typeof temporaryWorkspace>>;
let clients: readonly RawClient[];

async function add(name: string, component: Uint8Array): Promise<string> {
  const path = join(folder.path, `${name}.wasm`);
  await writeFile(path, component);
  await daemon.json('add', path);
  return path;
}

beforeAll(async () => {
  folder = await temporaryWorkspace();
  daemon = await startClarityd({ cwd: folder.path });
  clients = [modernRawClient(`${daemon.url}/mcp`), await legacyRawClient(`${daemon.url}/mcp`)];
  await add('echo', await parse(echoComponent(TYPES)));
});

afterAll(async () => {
  await daemon[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

test('1,000 values of each type of WIT return from a component as they were, in both eras', async () => {
  const seed = fc.sample(fc.nat(0x7fff_ffff), 1)[0] ?? 0;
  for (const [index, type] of TYPES.entries()) {
    const values = fc.sample(arbitraryJson(type), { numRuns: 1_000, seed });
    for (const client of clients) {
      const { structuredContent } = await resultOf(client, `echo__fn__echo_${String(index)}`, {
        x: echoed(type, values),
      });
      expect([seed, type, (structuredContent as { readonly result: unknown }).result]).toEqual([
        seed,
        type,
        echoed(type, values),
      ]);
    }
  }
});

/** The echo of `u8` takes `list<u8>`, which is base64. */
const echoed = (type: ValueType, values: readonly unknown[]): unknown =>
  type.kind === 'u8' ? Buffer.from(values as number[]).toString('base64') : values;

test('a value that its type cannot have is refused with the path and the expected form', async () => {
  for (const [kind, value, reason] of REFUSED) {
    const index = TYPES.findIndex((type) => type.kind === kind);
    for (const client of clients) {
      const text = JSON.stringify(await resultOf(client, `echo__fn__echo_${String(index)}`, { x: [value] }));
      expect([kind, value, text]).toEqual([kind, value, expect.stringContaining('ARGUMENTS_INVALID')]);
      expect([kind, value, text]).toEqual([kind, value, expect.stringContaining(reason)]);
    }
  }
});

test('a component from JavaScript is added and called in both eras', async () => {
  const packed = new URL('../fixtures/words.wasm.br', import.meta.url);
  await add('words', brotliDecompressSync(await readFile(packed)));
  for (const client of clients) {
    const summary = await resultOf(client, 'words__fn__summarize', { text: 'one three  two' });
    expect(summary.structuredContent).toEqual({ text: 'one three  two', words: 3, longest: 'three' });
    const product = await resultOf(client, 'words__fn__multiply', { one: 65_536, two: 65_536 });
    expect(product).toMatchObject({ isError: true, _meta: { 'clarity/err': 'the product needs more than 32 bits' } });
  }
});

test('a component is added, called in both eras with its types, and uses the host only as its manifest grants', async () => {
  const wasmPath = await add('dice', await parse(DICE));
  for (const client of clients) {
    const at = { x: -2, 'y-axis': 7, id: '18446744073709551615' };
    expect((await resultOf(client, 'dice__fn__move_point', { at })).structuredContent).toEqual({
      x: -1,
      'y-axis': 8,
      id: at.id,
    });
    expect((await resultOf(client, 'dice__fn__echo', { text: 'é 漢字 \u{1f600}' })).structuredContent).toEqual({
      result: 'é 漢字 \u{1f600}',
    });
    expect((await resultOf(client, 'dice__fn__half', { of: 8 })).structuredContent).toEqual({ result: 4 });
    expect(await resultOf(client, 'dice__fn__half', { of: 9 })).toMatchObject({
      isError: true,
      _meta: { 'clarity/err': 4 },
    });
    expect(JSON.stringify(await resultOf(client, 'dice__fn__half', { of: -1 }))).toContain('ARGUMENTS_INVALID');
    expect(JSON.stringify(await resultOf(client, 'dice__fn__roll'))).toContain('spec.capabilities.random grants it');
  }
  const granted = join(folder.path, 'dice.json');
  await writeFile(granted, manifestOf(wasmPath, { random: true }));
  await daemon.json('apply', '-f', granted);
  await daemon.ctl('restart', 'dice');
  for (const client of clients) {
    const { structuredContent } = await resultOf(client, 'dice__fn__roll');
    expect([1, 2, 3, 4, 5, 6]).toContain((structuredContent as { readonly result: number }).result);
  }
});
