import { expect, test } from '@jest/globals';
import type { InterfaceDocument } from '@clarity-runtime/core';
import { ArgumentError, GuestLimit } from '../../src/guest/guest-error.ts';
import { encodeArguments, parseArguments } from '../../src/marshalling/encode-arguments.ts';
import { functionOf, hostOver, typeOf } from '../imports/host-fixture.ts';

const types: InterfaceDocument['types'] = {
  Item: {
    kind: 'record',
    fields: [
      { name: 'name', type: typeOf('String') },
      { name: 'price', type: typeOf('Float64') },
      { name: 'note', type: typeOf('Option<String>') },
    ],
  },
  Color: {
    kind: 'union',
    variants: [
      { name: 'Red', fields: [] },
      { name: 'Green', fields: [] },
    ],
  },
  Shape: {
    kind: 'union',
    variants: [
      { name: 'Dot', fields: [] },
      { name: 'Circle', fields: [{ name: 'radius', type: typeOf('Float64') }] },
    ],
  },
  Label: { kind: 'union', variants: [{ name: 'Tagged', fields: [{ name: 'tag', type: typeOf('String') }] }] },
};

function encode(signature: string, args: string): readonly (number | bigint)[] {
  const { state } = hostOver();
  return encodeArguments({ fn: functionOf(signature), types, args: parseArguments(args), state });
}

function refusal(signature: string, args: string): string {
  try {
    encode(signature, args);
  } catch (error) {
    if (error instanceof ArgumentError) return error.message;
    throw error;
  }
  return 'accepted';
}

test.each<[string, string, readonly (number | bigint)[]]>([
  ['f(Int64,Float64)->Unit', '{"b":2,"a":1}', [1n, 2]],
  ['f(Int64,Float64)->Unit', '[1,2]', [1n, 2]],
  ['f(Int64)->Unit', '[9223372036854775807]', [9223372036854775807n]],
  ['f(Int64)->Unit', '["-9223372036854775808"]', [-9223372036854775808n]],
  ['f(Int64)->Unit', '[9007199254740993]', [9007199254740993n]],
  ['f(Int64)->Unit', '[2.0]', [2n]],
  ['f(Float64)->Unit', '["-Infinity"]', [-Infinity]],
  ['f(Float64)->Unit', '[9007199254740993]', [9007199254740992]],
  ['f(Bool,Bool)->Unit', '[true,false]', [1, 0]],
  ['f(Timestamp,Timestamp)->Unit', '["1970-01-01T00:00:01Z",5]', [1000n, 5n]],
  ['f(Unit,Int64)->Unit', '{"b":1}', [1n]],
  ['f()->Unit', '{}', []],
  ['f()->Unit', '[]', []],
])('encodeArguments of %s accepts %s', (signature, args, cores) => {
  expect(encode(signature, args)).toEqual(cores);
});

test.each([
  [
    'f(List<Item>)->Unit',
    '[[{"name":"a","price":1},{"name":"a","price":"x"}]]',
    "argument 'a[1].price': expected a number, got a string",
  ],
  ['f(List<Item>)->Unit', '[[{"name":"a"}]]', "argument 'a[0]': the field 'price' is missing"],
  ['f(Item)->Unit', '[{"name":"a","prcie":1}]', "argument 'a': unknown field 'prcie'; did you mean 'price'?"],
  ['f(Item)->Unit', '[{"name":"a","price":1,"note":5}]', "argument 'a.note': expected a string, got an integer"],
  ['f(Item)->Unit', '[[]]', "argument 'a': expected an object (Item), got a list"],
  ['f(Item)->Unit', '[{"__proto__":1}]', "argument 'a': unknown field '__proto__'; known: 'name', 'price', 'note'"],
  ['f(Int64)->Unit', '[1.5]', "argument 'a': expected an integer or its decimal digits in a string, got a number"],
  ['f(Int64)->Unit', '["1e3"]', "argument 'a': expected an integer or its decimal digits in a string, got a string"],
  ['f(Int64)->Unit', '[null]', "argument 'a': expected an integer or its decimal digits in a string, got null"],
  [
    'f(Int64)->Unit',
    '[9223372036854775808]',
    "argument 'a': expected an integer from -9223372036854775808 to 9223372036854775807",
  ],
  [
    'f(Int64)->Unit',
    '[1e400]',
    "argument 'a': expected an integer from -9223372036854775808 to 9223372036854775807, written with all its digits, got a number",
  ],
  ['f(Int32)->Unit', '[2147483648]', "argument 'a': expected an integer from -2147483648 to 2147483647"],
  ['f(UInt32)->Unit', '[-1]', "argument 'a': expected an integer from 0 to 4294967295"],
  [
    'f(Float32)->Unit',
    '[1e39]',
    'argument \'a\': the number is too large for 32 bits; infinity is the string "Infinity"',
  ],
  ['f(Float64)->Unit', '[1e400]', 'argument \'a\': the number is too large; infinity is the string "Infinity"'],
  ['f(Bool)->Unit', '[1]', "argument 'a': expected true or false, got an integer"],
  ['f(Bytes)->Unit', '["abc"]', "argument 'a': the string is not base64"],
  [
    'f(Timestamp)->Unit',
    '["soon"]',
    "argument 'a': expected an ISO 8601 date and time, or milliseconds since 1970, got a string",
  ],
  ['f(Color)->Unit', '["red"]', "argument 'a': expected one of 'Red', 'Green'; did you mean 'Red'?"],
  ['f(Color)->Unit', '[7]', "argument 'a': expected one of 'Red', 'Green'"],
  [
    'f(Shape)->Unit',
    '[{"tag":"Circel"}]',
    "argument 'a': expected \"tag\" to be one of 'Dot', 'Circle'; did you mean 'Circle'?",
  ],
  ['f(Shape)->Unit', '["Dot"]', 'argument \'a\': expected an object with a "tag", got a string'],
  ['f(Shape)->Unit', '[{"tag":"Dot","radius":1}]', "argument 'a': unknown field 'radius'; known: 'tag'"],
  [
    'f(Label)->Unit',
    '[{"tag":"Tagged","fields":{"tag":1}}]',
    "argument 'a.fields.tag': expected a string, got an integer",
  ],
  ['f(Result<Int64,String>)->Unit', '[{"ok":1,"err":"x"}]', 'argument \'a\': expected {"ok":...} or {"err":...}'],
  ['f(Result<Int64,String>)->Unit', '[{"err":1}]', "argument 'a.err': expected a string, got an integer"],
  [
    'f(Option<Option<Int64>>)->Unit',
    '[5]',
    'argument \'a\': expected null or {"tag":"Some","value":...}, got an integer',
  ],
  ['f(Map<Int64,Bool>)->Unit', '[{"one":true}]', "argument 'a.one': expected a name of decimal digits, got a string"],
  [
    'f(Map<String,Bool>)->Unit',
    '[{"a\\u001b b":1}]',
    'argument \'a["a\\u001b b"]\': expected true or false, got an integer',
  ],
  ['f(Unit)->Unit', '[0]', "argument 'a': expected null, got an integer"],
  ['f(Int64)->Unit', '{}', "argument 'a' is missing"],
  ['f(Int64,Int64)->Unit', '[1]', "argument 'b' is missing"],
  ['f(Int64)->Unit', '[1,2]', 'f takes 1 argument, got 2'],
  ['f()->Unit', '{"x":1}', "f has no argument 'x'; no name is known"],
  ['f(Int64)->Unit', '{"a":1,"A":2}', "f has no argument 'A'; did you mean 'a'?"],
  ['f(Int64)->Unit', '{', 'the arguments are not valid JSON: it ends too early'],
])('encodeArguments of %s rejects %s: %s', (signature, args, message) => {
  expect(refusal(signature, args)).toBe(message);
});

test.each(['"x"', '5', 'null', 'true'])('W18 encodeArguments rejects the arguments %s', (args) => {
  expect(refusal('f(Int64)->Unit', args)).toBe('the arguments must be an object (by name) or a list (by position)');
});

test('W18 encodeArguments rejects ten thousand arguments by their number', () => {
  const args = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => at));
  expect(refusal('f(Int64)->Unit', args)).toBe('f takes 1 argument, got 10000');
});

test('W14 encodeArguments encodes twenty numbers by their declared types', () => {
  const params = Array.from({ length: 20 }, (_, at) => ({
    name: `p${String(at)}`,
    type: typeOf(at % 2 ? 'Int64' : 'Float64'),
  }));
  const fn = { name: 'f', effects: [], params, result: typeOf('Unit') };
  const args = parseArguments(JSON.stringify(params.map((_, at) => at)));
  const cores = encodeArguments({ fn, types, args, state: hostOver().state });
  expect(cores).toEqual(params.map((_, at) => (at % 2 ? BigInt(at) : at)));
});

test('an ArgumentError does not contain the value', () => {
  for (const type of ['Int64', 'Float64', 'Bool', 'Bytes', 'Timestamp', 'Color', 'List<Int64>']) {
    expect(refusal(`f(${type})->Unit`, '["hunter2"]')).not.toMatch(/hunter2|accepted/);
  }
});

test('T-252 encodeArguments throws GuestLimit for arguments that exceed the memory', () => {
  const { state } = hostOver({ maxBytes: 65_536 });
  const fn = functionOf('f(List<Int64>)->Unit');
  const args = parseArguments(`[[${'0,'.repeat(20_000)}0]]`);
  expect(() => encodeArguments({ fn, types, args, state })).toThrow(GuestLimit);
});

test('encodeArguments writes values in the layout of the ABI', () => {
  const { state } = hostOver();
  const fn = functionOf('f(Item,Shape,List<Int64>)->Unit');
  const args = parseArguments('[{"name":"Å","price":1.5},{"tag":"Circle","radius":2},[1,-1]]');
  const [item = 0, shape = 0, list = 0] = encodeArguments({ fn, types, args, state }).map(Number);
  const { memory } = state;
  expect(memory.readString(memory.readU32(item))).toBe('Å');
  expect(memory.readF64(item + 8)).toBe(1.5);
  expect(memory.readU32(memory.readU32(item + 16))).toBe(1);
  expect([memory.readU32(shape), memory.readF64(shape + 8)]).toEqual([1, 2]);
  expect([memory.readU32(list), memory.readI64(list + 4), memory.readI64(list + 12)]).toEqual([2, 1n, -1n]);
});
