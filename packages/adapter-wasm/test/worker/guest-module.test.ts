import { expect, test } from '@jest/globals';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { GuestModule } from '../../src/worker/guest-module.ts';
import { loadModule } from '../../src/worker/load-module.ts';
import type { GuestCallOutcome, GuestLimits } from '../../src/worker/messages.ts';
import { sampleDocument, sampleWasm } from '../support/sample-service.ts';
import { answers, buildModule, op } from '../support/wasm-module.ts';

const limits: GuestLimits = { maxMemoryBytes: 1 << 20, maxResultBytes: 1_000 };

interface Opened {
  readonly guest: GuestModule;
  readonly posts: (readonly string[])[];
}

function open(wasm: Uint8Array, document?: InterfaceDocument): Opened {
  const posts: (readonly string[])[] = [];
  const { module, plan } = loadModule({ wasm, document, limits });
  return { posts, guest: new GuestModule(module, plan, (lines) => posts.push(lines)) };
}

const run = ({ guest }: Opened, name: string, args: string): GuestCallOutcome =>
  guest.call({ name, args, deadlineMs: 1_000 });

test('the worker code runs in this thread from source', () => {
  const opened = open(sampleWasm, sampleDocument);
  expect(run(opened, 'sum', '{"a":2,"b":3}')).toEqual({ type: 'value', json: '5' });
  expect(run(opened, 'parse', '{}')).toEqual({ type: 'err', json: '"bad"' });
  expect(run(opened, 'boom', '{}')).toEqual({ type: 'failure', code: 'WASM_TRAP', message: 'unreachable' });
  expect(run(opened, 'sum', '{"a":2')).toMatchObject({ type: 'failure', code: 'ARGUMENTS_INVALID' });
});

test('the worker rejects a result over the limit', () => {
  const opened = open(sampleWasm, sampleDocument);
  expect(run(opened, 'echo', JSON.stringify({ text: 'x'.repeat(998) }))).toMatchObject({ type: 'value' });
  expect(run(opened, 'echo', JSON.stringify({ text: 'x'.repeat(999) }))).toMatchObject({ code: 'WASM_LIMIT' });
});

test('arguments that exceed the memory fail with WASM_LIMIT', () => {
  const text = JSON.stringify({ text: 'x'.repeat(1 << 20) });
  expect(run(open(sampleWasm, sampleDocument), 'echo', text)).toMatchObject({ type: 'failure', code: 'WASM_LIMIT' });
});

test('W06 an import object has no prototype that a module could reach', () => {
  const bare = buildModule({
    imports: [{ name: '__alloc', params: ['i32'], results: ['i32'] }],
    functions: [answers('f', 1)],
  });
  let seen: WebAssembly.Imports | undefined;
  const real = WebAssembly.Instance;
  const spy = function (module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance {
    seen = imports;
    return new real(module, imports);
  };
  WebAssembly.Instance = spy as unknown as typeof WebAssembly.Instance;
  try {
    expect(run(open(bare), 'f', '{}')).toEqual({ type: 'value', json: '1' });
  } finally {
    WebAssembly.Instance = real;
  }
  expect(Object.getPrototypeOf(seen)).toBeNull();
  expect(Object.getPrototypeOf(seen?.env)).toBeNull();
  expect(Object.keys(seen?.env ?? {})).toEqual(['__alloc']);
});

test('a start function that calls the host traps', () => {
  const wasm = buildModule({
    imports: [{ name: 'print_int', params: ['i64'] }],
    functions: [answers('f', 1), { body: [...op.i64(1), ...op.call(0)] }],
    start: 2,
  });
  expect(run(open(wasm), 'f', '{}')).toMatchObject({ type: 'failure', code: 'WASM_TRAP' });
});

/** Prints a text `times` times, each on its own line. */
const printer = (times: number, length: number): Uint8Array =>
  buildModule({
    imports: [{ name: 'print_string', params: ['i32'] }],
    functions: [
      {
        name: 'f',
        results: ['i64'],
        locals: ['i64'],
        body: [
          0x03,
          0x40,
          ...op.i32(0),
          ...op.call(0),
          ...op.get(0),
          ...op.i64(1),
          ...op.add64,
          ...op.set(0),
          ...op.get(0),
          ...op.i64(times),
          0x54,
          0x0d,
          0,
          0x0b,
          ...op.i64(0),
        ],
      },
    ],
    data: [[0, [length & 255, length >> 8, 0, 0, ...Array<number>(length).fill(0x61)]]],
  });

test('log lines are sent in order and in growing batches', () => {
  const opened = open(printer(20, 3));
  run(opened, 'f', '{}');
  expect(opened.posts.map(({ length }) => length)).toEqual([1, 2, 4, 8, 5]);
  expect(new Set(opened.posts.flat())).toEqual(new Set(['aaa']));
});

test.each<[string, number, number, number]>([
  ['1,000 lines', 5_000, 3, 1_000],
  ['64 KiB', 5_000, 4_096, 16],
])('log lines are dropped with a notice after %s, and the next call can log again', (_, times, length, kept) => {
  const opened = open(printer(times, length));
  for (let round = 1; round <= 2; round += 1) {
    run(opened, 'f', '{}');
    const lines = opened.posts.flat();
    expect(lines).toHaveLength(round * (kept + 1));
    expect(lines.at(-1)).toBe('(further lines of this call are left out)');
  }
});
