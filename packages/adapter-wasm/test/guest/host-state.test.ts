import { expect, test } from '@jest/globals';
import { GuestLimit, GuestTrap } from '../../src/guest/guest-error.ts';
import { DEFAULT_HOST_LIMITS } from '../../src/guest/host-state.ts';
import { THREAD_OPTIONS } from '../../src/host/guest-worker.ts';
import { callImport, callRaw, hostOver, MEBIBYTE } from '../imports/host-fixture.ts';

const MOST = '9223372036854775807';
// Message of the check before a text is built. The check of a built text has another message.
const TEXT = 'the function built a text that is larger than its memory';
const BYTES = 'the function asked for more bytes than its memory';

test.each([
  ['string_repeat(String,Int64)->String', ['ab', MOST], TEXT],
  ['string_repeat(String,Int64)->String', ['ab', 9_000_000], TEXT],
  ['pad_left(String,Int64,String)->String', ['', MOST, 'x'], TEXT],
  ['pad_right(String,Int64,String)->String', ['', 17_000_000, 'x'], TEXT],
  ['bytes_new(Int64)->Bytes', [MOST], BYTES],
  ['bytes_new(Int64)->Bytes', [16_777_216], BYTES],
])('T-252 %s with %j throws GuestLimit before it builds the text', (signature, args, message) => {
  const { state } = hostOver();
  expect(() => callImport({ state }, signature, JSON.stringify(args))).toThrow(new GuestLimit(message));
});

test('T-252 a replacement that exceeds the memory throws GuestLimit before it is built', () => {
  const { state } = hostOver();
  const text = state.texts.write('a'.repeat(100_000));
  const put = state.texts.write('b'.repeat(100_000));
  expect(() => callRaw(state, 'string_replace', text, state.texts.write('a'), put)).toThrow(new GuestLimit(TEXT));
});

test.each([
  ['split', (text: number, empty: number) => [text, empty]],
  ['chars', (text: number) => [text]],
])('T-252 %s throws GuestLimit for more parts than fit in the memory', (name, args) => {
  const { state } = hostOver({ maxBytes: 3 * MEBIBYTE });
  const text = state.texts.write('x'.repeat(2 * MEBIBYTE));
  expect(() => callRaw(state, name, ...args(text, state.texts.write('')))).toThrow(GuestLimit);
});

test('the budget counts the bytes of one call up to its limit, and the next call starts at 0', () => {
  const { state } = hostOver({ limits: { ...DEFAULT_HOST_LIMITS, maxHostBytes: MEBIBYTE } });
  const work = (times: number): void => {
    const text = state.texts.write('x'.repeat(1_000));
    const mark = callRaw(state, 'arena_save') as bigint;
    for (let round = 0; round < times; round += 1) {
      callRaw(state, 'to_uppercase', text);
      callRaw(state, 'arena_restore', mark);
    }
  };
  expect(() => {
    work(2_000);
  }).toThrow(new GuestLimit('the function made the host handle more than 1048576 bytes'));
  state.reset();
  work(100);
  expect(state.budget.used).toBeLessThan(MEBIBYTE);
});

test('T-565 maps stop at the bytes that they occupy in the heap, which is below the heap of the thread', () => {
  const { state } = hostOver();
  let map = state.maps.create();
  const fill = (entries: number): void => {
    for (let key = 0n; key < BigInt(entries); key += 1n) map = state.maps.set(map, key, key);
  };
  fill(400_000);
  expect(state.maps.size(map)).toBe(400_000);
  expect(() => {
    state.reset();
    map = state.maps.create();
    fill(525_000);
  }).toThrow(GuestLimit);
  const heapBytes = (THREAD_OPTIONS.resourceLimits?.maxOldGenerationSizeMb ?? 0) * MEBIBYTE;
  expect(DEFAULT_HOST_LIMITS.maxHeldBytes).toBeLessThan(heapBytes * 0.6);
});

test('T-565 json and parts of texts stop at the bytes that they occupy in the heap', () => {
  const { state } = hostOver({ maxBytes: 64 * MEBIBYTE, limits: { ...DEFAULT_HOST_LIMITS, maxHeldBytes: MEBIBYTE } });
  const json = state.texts.write(`[${'{},'.repeat(10_000)}0]`);
  const lines = state.texts.write('x\n'.repeat(100_000));
  expect(() => callRaw(state, 'json_array_length', json)).toThrow(GuestLimit);
  expect(() => callRaw(state, 'split_lines', lines)).toThrow(GuestLimit);
  expect(() => callRaw(state, 'chars', lines)).toThrow(GuestLimit);
  expect(() => callRaw(state, 'trim', state.texts.write('x'.repeat(MEBIBYTE)))).toThrow(GuestLimit);
});

test.each([
  ['float_to_int(Float64)->Int64', ['NaN'], 'float_to_int: NaN is not an integer'],
  ['float_to_int(Float64)->Int64', ['-Infinity'], 'float_to_int: -Infinity is not an integer'],
  [
    'float_to_int(Float64)->Int64',
    [9223372036854775808],
    'float_to_int: 9223372036854776000 is outside the range of Int64',
  ],
  ['char_from_code(Int64)->String', [1_114_112], 'char_from_code: 1114112 is not a character'],
  ['char_from_code(Int64)->String', [-1], 'char_from_code: -1 is not a character'],
  ['bytes_new(Int64)->Bytes', [-1], 'bytes_new: -1 is not a length'],
  ['bytes_get(Bytes,Int64)->Int64', ['AAEC', 3], 'index 3 is out of range for 3 bytes'],
  ['bytes_set(Bytes,Int64,Int64)->Bytes', ['', 0, 1], 'index 0 is out of range for 0 bytes'],
  ['timestamp_to_string(Timestamp)->String', [MOST], 'timestamp_to_string: 9223372036854775807 ms is not a date'],
  ['exit(Int64)->Unit', [3], 'the function called exit(3)'],
])('%s of %j throws GuestTrap', (signature, args, message) => {
  const { state } = hostOver();
  expect(() => callImport({ state }, signature, JSON.stringify(args))).toThrow(new GuestTrap(message));
});
