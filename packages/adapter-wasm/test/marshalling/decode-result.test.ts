import { expect, test } from '@jest/globals';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { AbiError, GuestLimit } from '../../src/guest/guest-error.ts';
import type { GuestContext } from '../../src/guest/host-state.ts';
import { decodeResult, type DecodedResult } from '../../src/marshalling/decode-result.ts';
import { functionOf, hostOver, MEBIBYTE, typeOf } from '../imports/host-fixture.ts';

const types: InterfaceDocument['types'] = {
  Color: {
    kind: 'union',
    variants: [
      { name: 'Red', fields: [] },
      { name: 'Green', fields: [] },
    ],
  },
  Node: { kind: 'record', fields: [{ name: 'next', type: typeOf('Node') }] },
  Fork: {
    kind: 'record',
    fields: [
      { name: 'a', type: typeOf('Fork') },
      { name: 'b', type: typeOf('Fork') },
    ],
  },
};

const decode = (state: GuestContext, type: string, value: unknown, maxBytes = MEBIBYTE): DecodedResult =>
  decodeResult({ fn: functionOf(`f()->${type}`), types, value, state, maxBytes });

test.each<[string, unknown, string]>([
  ['Int64', 5n, '5'],
  ['Int64', 9007199254740991n, '9007199254740991'],
  ['Int64', 9007199254740992n, '"9007199254740992"'],
  ['Int64', -(1n << 63n), '"-9223372036854775808"'],
  ['Float64', 1e21, '1e+21'],
  ['Float64', -0, '-0'],
  ['Float64', NaN, '"NaN"'],
  ['Float64', -Infinity, '"-Infinity"'],
  ['Bool', 0, 'false'],
  ['Bool', 6, 'true'],
  ['Unit', undefined, 'null'],
  ['Timestamp', 0n, '"1970-01-01T00:00:00.000Z"'],
  ['Timestamp', 253402300799999n, '"9999-12-31T23:59:59.999Z"'],
  ['Timestamp', 253402300800000n, '253402300800000'],
])('decodeResult writes %s %p as %s', (type, value, json) => {
  expect(decode(hostOver().state, type, value)).toEqual({ json });
});

test('decodeResult returns the value of a top-level Err as an error, also for Unit', () => {
  const { state } = hostOver();
  const result = state.memory.alloc(16);
  state.memory.writeU32(result, 1);
  state.memory.writeU32(result + 8, state.texts.write('no'));
  expect(decode(state, 'Result<Int64,String>', result)).toEqual({ err: '"no"' });
  expect(decode(state, 'Result<Int64,Unit>', result)).toEqual({ err: 'null' });
  state.memory.writeU32(result, 0);
  expect(decode(state, 'Result<Unit,String>', result)).toEqual({ json: 'null' });
});

test.each<[string, (state: GuestContext) => unknown]>([
  ['String', () => 65_535],
  ['String', () => -1],
  ['String', () => 5n],
  ['Int64', () => 5],
  ['Float64', () => undefined],
  ['Map<String,Int64>', () => 1],
  ['List<Int64>', ({ memory }) => memory.writeBytes(new Uint8Array(8)) - 4 + 65_536],
  ['Color', ({ memory }) => memory.writeBytes(new Uint8Array(2))],
  ['Option<Int64>', ({ memory }) => memory.writeBytes(new Uint8Array(2))],
  ['Result<Int64,String>', ({ memory }) => memory.writeBytes(new Uint8Array(2))],
  ['Map<String,Int64>', ({ maps }) => maps.create([[1n, 1n]])],
  ['Map<String,Int64>', ({ maps }) => maps.create([['a', 1]])],
  ['Map<String,Bool>', ({ maps }) => maps.create([['a', 1n]])],
])('decodeResult throws AbiError for an invalid %s', (type, make) => {
  const { state } = hostOver();
  expect(() => decode(state, type, make(state))).toThrow(AbiError);
});

test('decodeResult rejects a list with a count of four billion without reading the elements', () => {
  const { state } = hostOver();
  const list = state.memory.alloc(16);
  for (const count of [0x7fff_ffff, 0xffff_ffff, 20_000]) {
    state.memory.writeU32(list, count);
    const bytes = String((count % 2 ** 31) * 8);
    const message = `the module pointed outside its memory (at ${count > 2 ** 31 ? '0' : String(list + 4)}, ${bytes} bytes)`;
    expect(() => decode(state, 'List<Int64>', list)).toThrow(new AbiError(message));
  }
});

test('decodeResult ends at the maximum depth for a value that contains itself', () => {
  const { state } = hostOver();
  const node = state.memory.alloc(8);
  state.memory.writeU32(node, node);
  expect(() => decode(state, 'Node', node)).toThrow(new GuestLimit('the result is nested more than 128 levels deep'));
});

test('decodeResult ends at the maximum bytes or depth for a value that contains itself twice', () => {
  const { state } = hostOver();
  const forks = Array.from({ length: 100 }, () => state.memory.alloc(8));
  for (const [at, fork] of forks.entries()) {
    state.memory.writeU32(fork, forks[at + 1] ?? fork);
    state.memory.writeU32(fork + 4, forks[at + 1] ?? fork);
  }
  expect(() => decode(state, 'Fork', forks[0])).toThrow(GuestLimit);
});

test('T-252 decodeResult stops many pointers to one large text at the limit before it builds them', () => {
  const { state } = hostOver();
  const text = state.texts.write('x'.repeat(MEBIBYTE / 2));
  const list = state.lists.fromWords(Array.from({ length: 100_000 }, () => text));
  expect(() => decode(state, 'List<String>', list)).toThrow(new GuestLimit('the result is larger than 1048576 bytes'));
  expect(() => decode(state, 'Bytes', text, 1_000)).toThrow(GuestLimit);
});

test('decodeResult returns a result of exactly the limit', () => {
  const { state } = hostOver();
  const text = state.texts.write('é');
  expect(decode(state, 'String', text, 4)).toEqual({ json: '"é"' });
  expect(() => decode(state, 'String', text, 3)).toThrow(GuestLimit);
});

test('decodeResult reads a list that is a view', () => {
  const { state } = hostOver();
  let list = state.lists.create(0, 4).pointer;
  for (let at = 0; at < 40; at += 1) {
    const { pointer, data } = state.lists.extend(list, 1, 4);
    state.memory.writeU32(data, at % 2);
    list = pointer;
  }
  const items = Array.from({ length: 40 }, (_, at) => at % 2 === 1);
  expect(decode(state, 'List<Bool>', list)).toEqual({ json: JSON.stringify(items) });
});
