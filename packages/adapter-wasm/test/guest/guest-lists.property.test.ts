import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GuestError, GuestLimit } from '../../src/guest/guest-error.ts';
import { callRaw, hostOver, MEBIBYTE } from '../imports/host-fixture.ts';
import type { GuestContext } from '../../src/guest/host-state.ts';
import { runs } from '../../../../test/support/runs.ts';

/** An operation on one of the lists. The index is taken modulo their number. */
type Step =
  | { readonly kind: 'append'; readonly on: number; readonly value: number }
  | { readonly kind: 'concat'; readonly on: number; readonly other: number }
  | { readonly kind: 'tail' | 'reverse'; readonly on: number }
  | { readonly kind: 'set'; readonly on: number; readonly at: number; readonly value: number };

const index = fc.nat(1_000);
// Most steps use the last list, so that lists become long enough to share elements.
const target = fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: index });
const value = fc.integer({ min: 0, max: 99 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), on: target, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('concat' as const), on: target, other: target }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('tail' as const, 'reverse' as const), on: target }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set' as const), on: target, at: index, value }) },
);

const word = (stride: 4 | 8, number: number): number | bigint => (stride === 8 ? BigInt(number) : number);

function read(state: GuestContext, list: number, stride: 4 | 8): number[] {
  const length = Number(callRaw(state, 'list_length', list));
  const get = stride === 8 ? 'list_get_i64' : 'list_get_i32';
  return Array.from({ length }, (_, at) => Number(callRaw(state, get, list, BigInt(at))));
}

function run(state: GuestContext, stride: 4 | 8, steps: readonly Step[]): void {
  const suffix = stride === 8 ? 'i64' : 'i32';
  const start = state.lists.create(0, stride).pointer;
  const lists: { pointer: number; model: readonly number[] }[] = [{ pointer: start, model: [] }];
  const pick = (at: number): (typeof lists)[number] => lists.at(at < 0 ? -1 : at % lists.length) as never;
  for (const next of steps) {
    const { pointer, model } = pick(next.on);
    const call = (name: string, ...args: (number | bigint)[]): number =>
      callRaw(state, name, pointer, ...args) as number;
    if (next.kind === 'append') {
      const longer = call(`list_append_${suffix}`, word(stride, next.value));
      lists.push({ pointer: longer, model: [...model, next.value] });
    } else if (next.kind === 'concat') {
      const other = pick(next.other);
      if (model.length + other.model.length > 500) continue;
      lists.push({ pointer: call('list_concat', other.pointer, stride), model: [...model, ...other.model] });
    } else if (next.kind === 'set') {
      if (model.length === 0) continue;
      const at = next.at % model.length;
      const changed = call(`list_set_${suffix}`, BigInt(at), word(stride, next.value));
      lists.push({ pointer: changed, model: model.with(at, next.value) });
    } else {
      const changed = call(`list_${next.kind}`, stride);
      lists.push({ pointer: changed, model: next.kind === 'tail' ? model.slice(1) : model.toReversed() });
    }
  }
  const held = lists.map(({ pointer }) => read(state, pointer, stride).join());
  expect(held.join('\n')).toBe(lists.map(({ model }) => model.join()).join('\n'));
}

test.each([4, 8] as const)(
  'lists of %i-byte elements equal arrays, and no operation changes another list',
  (stride) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        run(hostOver().state, stride, steps);
      }),
      { numRuns: 150 },
    );
  },
);

test('two lists that are appended from one list are independent', () => {
  const { state } = hostOver();
  let list = state.lists.create(0, 8).pointer;
  for (let at = 0; at < 40; at += 1) list = callRaw(state, 'list_append_i64', list, BigInt(at)) as number;
  const left = callRaw(state, 'list_append_i64', list, 1n) as number;
  const right = callRaw(state, 'list_append_i64', list, 2n) as number;
  const again = callRaw(state, 'list_append_i64', left, 3n) as number;
  const base = Array.from({ length: 40 }, (_, at) => at);
  expect([list, left, right, again].map((pointer) => read(state, pointer, 8))).toEqual([
    base,
    [...base, 1],
    [...base, 2],
    [...base, 1, 3],
  ]);
});

test.each([3_000, 100_000])('T-252 a list of %i elements that is built by appending takes at most 16 MiB', (count) => {
  const { state } = hostOver();
  let list = state.lists.create(0, 8).pointer;
  for (let at = 0; at < count; at += 1) list = callRaw(state, 'list_append_i64', list, BigInt(at)) as number;
  expect(callRaw(state, 'list_length', list)).toBe(BigInt(count));
  expect(callRaw(state, 'list_get_i64', list, BigInt(count - 1))).toBe(BigInt(count - 1));
  expect(state.memory.heapTop).toBeLessThan(count * 64 + 4_096);
});

test('taking tails of a list takes memory in proportion to its length', () => {
  const { state } = hostOver();
  let list = state.lists.fromWords(Array.from({ length: 3_000 }, (_, at) => at));
  const before = state.memory.heapTop;
  for (let at = 0; at < 2_999; at += 1) list = callRaw(state, 'list_tail', list, 4) as number;
  expect(read(state, list, 4)).toEqual([2_999]);
  expect(state.memory.heapTop - before).toBeLessThan(64 * 1_024);
});

test('the last elements fit when the memory is too small to double the buffer', () => {
  const { state } = hostOver({ maxBytes: 65_536 });
  const grow = (): number => {
    let list = state.lists.create(0, 8).pointer;
    for (let at = 0; ; at += 1) {
      try {
        list = callRaw(state, 'list_append_i64', list, BigInt(at)) as number;
      } catch (error) {
        expect(error).toBeInstanceOf(GuestLimit);
        return Number(callRaw(state, 'list_length', list));
      }
    }
  };
  expect(grow()).toBeGreaterThan(1_000);
});

test.each([
  ['list_get_i64', [1n], 'index 1 is out of range for a list of 1 elements'],
  ['list_get_i64', [-1n], 'index -1 is out of range for a list of 1 elements'],
  ['list_get_i32', [1n << 40n], 'index 1099511627776 is out of range for a list of 1 elements'],
  ['list_set_i64', [1n, 0n], 'index 1 is out of range for a list of 1 elements'],
])('%s out of range throws GuestTrap with index and length', (name, args, message) => {
  const { state } = hostOver();
  const { pointer } = state.lists.create(1, 8);
  expect(() => callRaw(state, name, pointer, ...args)).toThrow(message);
});

test('the head of an empty list throws GuestTrap and its tail is empty', () => {
  const { state } = hostOver();
  const { pointer } = state.lists.create(0, 8);
  expect(() => callRaw(state, 'list_head_i64', pointer)).toThrow('index 0 is out of range for a list of 0 elements');
  expect(read(state, callRaw(state, 'list_tail', pointer, 8) as number, 8)).toEqual([]);
  expect(() => callRaw(state, 'list_tail', pointer, 5)).toThrow('the size of a list');
});

/** The arguments of each operation after the list. */
const OTHERS = { list_append_i64: [1n], list_set_i64: [0n, 1n], list_tail: [8], list_reverse: [8], list_concat: [] };

test('an operation on any memory content returns a list or a fault of the module', () => {
  const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 });
  const hint = fc.constantFrom(0x8000_0000, 0x8000_0014, 0x14, 0xffff_ffff, 1_040, 65_530);
  const names = fc.constantFrom('list_append_i64', 'list_tail', 'list_reverse', 'list_concat', 'list_set_i64');
  fc.assert(
    fc.property(bytes, fc.array(hint, { maxLength: 4 }), names, fc.nat(60), (content, words, name, offset) => {
      const { state } = hostOver({ maxBytes: MEBIBYTE });
      const base = state.memory.alloc(64);
      state.memory.window(base, 64).set(content);
      for (const [at, item] of words.entries()) state.memory.writeU32(base + at * 4, item);
      const rest = { ...OTHERS, list_concat: [base, 8] }[name];
      try {
        callRaw(state, name, base + offset, ...rest);
      } catch (error) {
        expect(error).toBeInstanceOf(GuestError);
      }
    }),
    { numRuns: runs(700) },
  );
});
