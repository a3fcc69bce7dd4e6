import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import {
  decodeHeaderValue,
  encodeHeaderValue,
  headerTextOf,
  matchesHeaderValue,
  readHeaderArguments,
  scanParamHeaders,
} from '../../../src/domain/mcp/param-headers.ts';

const annotated = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });
const scanOf = (properties: object, more: object = {}) => scanParamHeaders({ type: 'object', properties, ...more });
const problem = (text: string): unknown => ({ problem: expect.stringContaining(text) });

test('scanParamHeaders finds annotations at any depth of properties', () => {
  const schema = {
    region: annotated('Region'),
    plain: { type: 'string' },
    options: {
      type: 'object',
      properties: { limit: annotated('Limit', 'integer'), deep: { properties: { x: annotated('X', 'boolean') } } },
    },
  };
  const scan = scanOf(schema);
  const headers = 'headers' in scan ? scan.headers.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : [];
  expect(headers).toEqual([
    { name: 'limit', path: ['options', 'limit'] },
    { name: 'region', path: ['region'] },
    { name: 'x', path: ['options', 'deep', 'x'] },
  ]);
});

test.each([undefined, null, true, [], 'x', {}, { properties: null }, { properties: { a: true } }])(
  'scanParamHeaders finds no header in the schema %j',
  (schema) => {
    expect(scanParamHeaders(schema)).toEqual({ headers: [] });
  },
);

test.each(['string', 'integer', 'boolean', 'number'])('scanParamHeaders accepts the type %s', (type) => {
  expect(scanOf({ a: annotated('A', type) })).toEqual({ headers: [{ name: 'a', path: ['a'] }] });
});

test.each(['object', 'array', 'null', undefined, ['string', 'null']])(
  'scanParamHeaders rejects the type %j',
  (type) => {
    expect(scanOf({ a: { ...annotated('A'), type } })).toEqual(problem('not on a string'));
  },
);

test.each(["!#$%&'*+-.^_`|~", '0', 'a'.repeat(64)])('scanParamHeaders accepts the name %s', (name) => {
  expect(scanOf({ a: annotated(name) })).toMatchObject({ headers: [{ name }] });
});

test.each(['', ' ', 'a b', 'a:b', 'a\r\nb', 'a/b', 'ü', '(', 'a'.repeat(65), 5, null, ['A']])(
  'scanParamHeaders rejects the name %j',
  (name) => {
    expect(scanOf({ good: annotated('Good'), a: annotated(name) })).toEqual(problem('must be a token'));
  },
);

test('scanParamHeaders rejects names that differ only in case', () => {
  expect(scanOf({ a: annotated('Region'), b: { properties: { c: annotated('rEGION') } } })).toEqual(
    problem('is used twice'),
  );
});

test.each([
  ['items', { items: annotated('A') }],
  ['items of a list', { items: [annotated('A')] }],
  ['prefixItems', { prefixItems: [annotated('A')] }],
  ['contains', { contains: annotated('A') }],
  ['additionalProperties', { additionalProperties: annotated('A') }],
  ['patternProperties', { patternProperties: { x: annotated('A') } }],
  ['propertyNames', { propertyNames: annotated('A') }],
  ['oneOf', { oneOf: [{ properties: { b: annotated('A') } }] }],
  ['anyOf', { anyOf: [annotated('A')] }],
  ['allOf', { allOf: [annotated('A')] }],
  ['not', { not: annotated('A') }],
  ['if', { if: { properties: { b: annotated('A') } } }],
  ['then', { then: annotated('A') }],
  ['else', { else: annotated('A') }],
  ['$defs', { $defs: { b: annotated('A') } }],
  ['definitions', { definitions: { b: annotated('A') } }],
  ['dependentSchemas', { dependentSchemas: { b: annotated('A') } }],
])('scanParamHeaders rejects an annotation under %s', (_keyword, schema) => {
  expect(scanOf({ a: schema })).toEqual(problem('not reachable'));
  expect(scanParamHeaders(schema)).toEqual(problem('not reachable'));
});

test('scanParamHeaders rejects an annotation on the root', () => {
  expect(scanParamHeaders(annotated('A'))).toEqual(problem('not reachable'));
});

test('scanParamHeaders ignores the annotation in data and in a property that has its name', () => {
  const data = { default: annotated('A'), enum: [annotated('B')], const: annotated('C'), examples: [annotated('D')] };
  expect(scanOf({ a: data, 'x-mcp-header': { type: 'string' } })).toEqual({ headers: [] });
});

test('scanParamHeaders accepts 64 headers and rejects 65', () => {
  const properties = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${String(i)}`, annotated(`H${String(i)}`)]));
  const scan = scanOf(properties(64));
  expect('headers' in scan && scan.headers.length).toBe(64);
  expect(scanOf(properties(65))).toEqual(problem('at most 64'));
});

test('scanParamHeaders reads a schema with 100,000 properties and one with 10,000 levels', () => {
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`p${String(i)}`, { type: 'string' }]));
  expect(scanOf({ ...wide, last: annotated('Last') })).toMatchObject({ headers: [{ name: 'last' }] });
  let deep: object = annotated('Deep');
  for (let i = 0; i < 10_000; i += 1) deep = { properties: { a: deep } };
  expect(scanParamHeaders(deep)).toMatchObject({ headers: [{ name: 'deep' }] });
});

const HEADERS = [
  { name: 'a', path: ['a'] },
  { name: 'b', path: ['o', 'b'] },
  { name: 'c', path: ['o', 'p', 'c'] },
];
const argumentsOf = (text: string | undefined) => {
  const found = readHeaderArguments(HEADERS, text === undefined ? undefined : RawJson.fromText(text));
  return found === undefined ? undefined : [...found].map(([name, { text: value }]) => [name, value]);
};

test('readHeaderArguments finds values at exact paths, as written', () => {
  expect(argumentsOf('{"a":1.0,"b":2,"o":{"b":"x","p":{"c":null}}}')).toEqual([
    ['a', '1.0'],
    ['b', '"x"'],
    ['c', 'null'],
  ]);
});

test.each([undefined, '{}', '[]', 'null', '{"o":[{"b":1}]}', '{"o":"b"}', '{"o":null}', '{"o":{"p":1}}'])(
  'readHeaderArguments finds nothing in %s',
  (text) => {
    expect(argumentsOf(text)).toEqual([]);
  },
);

test.each(['{"a":1,"a":2}', '{"o":{"b":1,"\\u0062":2}}', '{"o":{"p":{"c":1,"c":1}}}'])(
  'readHeaderArguments returns undefined for the duplicate member in %s',
  (text) => {
    expect(argumentsOf(text)).toBeUndefined();
  },
);

test.each([
  ['"eu"', 'eu'],
  ['""', ''],
  ['42', '42'],
  ['42.0', '42'],
  ['4.2e1', '42'],
  ['-0', '0'],
  ['1.50', '1.50'],
  ['9007199254740993', '9007199254740993'],
  ['true', 'true'],
  ['false', 'false'],
  ['null', undefined],
  ['{}', undefined],
  ['[1]', undefined],
])('headerTextOf returns the text of %s', (argument, text) => {
  expect(headerTextOf(RawJson.fromText(argument))).toBe(text);
});

// The examples of MCP 2026-07-28, Streamable HTTP, "Value Encoding".
test.each([
  ['us-west1', 'us-west1'],
  ['a b', 'a b'],
  ['Hello, 世界', '=?base64?SGVsbG8sIOS4lueVjA==?='],
  [' padded ', '=?base64?IHBhZGRlZCA=?='],
  ['line1\nline2', '=?base64?bGluZTEKbGluZTI=?='],
  ['=?base64?literal?=', '=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?='],
  ['a\tb', '=?base64?YQli?='],
  ['', '=?base64??='],
  ['\ufeff', '=?base64?77u/?='],
])('encodeHeaderValue encodes %j', (text, value) => {
  expect(encodeHeaderValue(text)).toBe(value);
  expect(decodeHeaderValue(value)).toBe(text);
});

test.each(['=?base64?x', 'x?=', '=?BASE64?YQ==?=', '=?base64?=', 'a\tb', ''])(
  'decodeHeaderValue returns %j as is, without the exact sentinel',
  (value) => {
    expect(decodeHeaderValue(value)).toBe(value === '=?base64?=' ? undefined : value);
  },
);

test.each([
  'ü',
  'a\nb',
  'a\0',
  '=?base64?%%%?=',
  '=?base64?YQ?=',
  '=?base64?YQ=?=',
  '=?base64?Y Q=?=',
  '=?base64?/w==?=',
])('decodeHeaderValue returns undefined for %j', (value) => {
  expect(decodeHeaderValue(value)).toBeUndefined();
});

test.each([
  ['42', '42', true],
  ['42', '42.0', true],
  ['42.0', '42', true],
  ['42', '4.2e1', true],
  ['42', '042', false],
  ['42', '42 ', false],
  ['42', '0x2a', false],
  ['42', '43', false],
  ['42', '', false],
  ['1.5', '1.50', true],
  ['0.1', '0.10000000000000001', false],
  ['9007199254740993', '9007199254740992', false],
  ['9007199254740993', '9007199254740993.0', true],
  ['9007199254740991', '9007199254740991.4', false],
  ['1e400', '1e401', false],
  ['"42"', '42.0', false],
  ['"42"', '42', true],
  ['"eu"', 'EU', false],
  ['"a\\ud800"', '=?base64?Ye+/vQ==?=', true],
  ['true', 'true', true],
  ['true', 'True', false],
  ['true', '=?base64?dHJ1ZQ==?=', true],
  ['null', 'null', false],
  ['{}', '{}', false],
])('matchesHeaderValue compares %s with %s: %s', (argument, header, isSame) => {
  expect(matchesHeaderValue(RawJson.fromText(argument), header)).toBe(isSame);
});
