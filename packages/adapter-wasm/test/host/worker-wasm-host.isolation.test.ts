import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { call, hasty, load, outcome, testHost } from '../support/host.ts';
import { buildModule, counter, op, spin, type BuiltFunction, type BuiltModule } from '../support/wasm-module.ts';

const f = (name: string, ...body: readonly (readonly number[])[]): BuiltFunction => ({
  name,
  results: ['i64'],
  body: body.flat(),
});

/** Functions that change state and then end in different ways. */
const dirty: readonly BuiltFunction[] = [
  f('low', op.i32(8), op.i64(7), op.store64, op.i64(0)),
  f('high', op.i32(65_520), op.i64(7), op.store64, op.i64(0)),
  f('grows', op.i32(2), op.memoryGrow, op.drop, op.i32(150_000), op.i64(7), op.store64, op.i64(0)),
  f('traps', op.i32(16), op.i64(7), op.store64, op.unreachable),
  f('recurses', op.i32(24), op.i64(7), op.store64, op.call(4)),
];

/** The sum of all words of the memory, and its size in pages. */
const look: BuiltFunction = {
  name: 'look',
  results: ['i64'],
  locals: ['i32', 'i64'],
  body: [
    0x03,
    0x40,
    ...op.get(1),
    ...op.get(0),
    ...op.load64,
    ...op.add64,
    ...op.set(1),
    ...op.get(0),
    ...op.i32(8),
    ...op.add32,
    ...op.set(0),
    ...op.get(0),
    ...op.memorySize,
    ...op.i32(65_536),
    0x6c,
    0x49,
    0x0d,
    0,
    0x0b,
    ...op.get(1),
    ...op.memorySize,
    0xad,
    ...op.add64,
  ],
};

const module: BuiltModule = { functions: [...dirty, look, counter], data: [[256, [1, 0, 0, 0, 0, 0, 0, 0]]] };

test('a call sees no state of earlier calls, in any order of calls', async () => {
  const { module: loaded } = await load(testHost(), buildModule(module));
  const pristine = await outcome(call(loaded, 'look'));
  expect(pristine).toBe('value 2');
  const names = [...dirty.map(({ name }) => name ?? ''), 'count'];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 8 }), async (calls) => {
      const replies = calls.map((name) => outcome(call(loaded, name)));
      const seen = outcome(call(loaded, 'look'));
      expect(await seen).toBe(pristine);
      for (const [index, reply] of (await Promise.all(replies)).entries()) {
        if (calls[index] === 'count') expect(reply).toBe('value 1');
      }
    }),
    { numRuns: 100 },
  );
});

test('globals, tables and dropped segments are reset for each call', async () => {
  const bump: BuiltFunction = {
    name: 'bump',
    results: ['i64'],
    body: [...op.globalGet(0), ...op.i64(1), ...op.add64, ...op.globalSet(0), ...op.globalGet(0)],
  };
  const grow = f('grow', op.refNull, op.i32(1), op.tableGrow, [0xad]);
  const wasm = buildModule({ functions: [bump, grow], globals: [[0x7e, 1, 0x42, 0, 0x0b]], table: { min: 1 } });
  const { module: loaded } = await load(testHost(), wasm);
  for (let index = 0; index < 3; index += 1) {
    expect(await outcome(call(loaded, 'bump'))).toBe('value 1');
    expect(await outcome(call(loaded, 'grow'))).toBe('value 1');
  }
});

test('a start function runs for each call and leaves no state', async () => {
  const start: BuiltFunction = { body: [...op.i32(0), ...op.i64(41), ...op.store64] };
  const wasm = buildModule({ functions: [counter, start], start: 1 });
  const { module: loaded } = await load(testHost(), wasm);
  expect(await outcome(call(loaded, 'count'))).toBe('value 42');
  expect(await outcome(call(loaded, 'count'))).toBe('value 42');
});

test('a call that was ended at its deadline leaves no state', async () => {
  const { module: loaded } = await load(testHost(), buildModule({ functions: [counter, spin] }), hasty);
  const replies = ['count', 'spin', 'count'].map((name) => outcome(call(loaded, name)));
  expect(await Promise.all(replies)).toEqual(['value 1', 'WASM_DEADLINE it ran for 300 ms', 'value 1']);
});
