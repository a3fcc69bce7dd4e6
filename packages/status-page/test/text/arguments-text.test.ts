import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emptyValue, indentJson, toArgumentsText, type FieldValue } from '../../src/text/arguments-text.ts';
import { readFields, type SchemaField } from '../../src/text/schema-fields.ts';

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'toString'),
);

const scalar = fc.constantFrom(
  { type: 'string' },
  { type: 'integer' },
  { type: 'number' },
  { type: 'boolean', default: true },
  { type: 'array', items: { type: 'string' } },
  { enum: ['a', 1, null] },
  { type: 'string', format: 'date' },
  { oneOf: [{ type: 'string' }] },
);
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    scalar,
    tie('object'),
    fc.record({ type: fc.constant('array'), items: tie('object') }),
  ),
  object: fc
    .uniqueArray(fc.tuple(name, tie('schema'), fc.boolean()), { maxLength: 4, selector: ([key]) => key })
    .map((members) => ({
      type: 'object',
      properties: Object.fromEntries(members.map(([key, sub]) => [key, sub])),
      required: members.flatMap(([key, , isRequired]) => (isRequired ? [key] : [])),
    })),
}));

/** Returns a value that the control of a field accepts. */
function valueOf(field: SchemaField): fc.Arbitrary<FieldValue> {
  switch (field.kind) {
    case 'object':
      return fc.tuple(...field.fields.map(valueOf));
    case 'objects':
      return fc.array(fc.tuple(...field.fields.map(valueOf)), { minLength: 1, maxLength: 3 });
    case 'integer':
      return fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String);
    case 'number':
      return fc.constantFrom('1.5', '-2e10', '0', '123456789012345678901234567890');
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'enum':
      return fc.constantFrom(...field.choices);
    case 'json':
      return fc.json();
    case 'date':
      return fc.constant('2026-11-30');
    default:
      return fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
  }
}

const filled = schema
  .map(
    (sub) =>
      readFields({ type: 'object', properties: { first: sub, second: { type: 'integer' } }, required: ['second'] }) ??
      [],
  )
  .chain((fields) => fc.tuple(fc.constant(fields), fc.tuple(...fields.map(valueOf))));

test('arguments of any filled form are one JSON object', () => {
  fc.assert(
    fc.property(filled, ([fields, values]) => {
      const text = toArgumentsText(fields, values);
      expect(text.kind).toBe('text');
      expect(JSON.parse(text.kind === 'text' ? text.text : '')).toEqual(expect.any(Object));
    }),
  );
});

test('an integer of any length keeps all its digits', () => {
  const fields = readFields({ properties: { cents: { type: 'integer' } }, required: ['cents'] }) ?? [];
  fc.assert(
    fc.property(fc.bigInt(), (cents) => {
      expect(toArgumentsText(fields, [String(cents)])).toEqual({ kind: 'text', text: `{"cents":${String(cents)}}` });
    }),
  );
});

test('a form that was not touched names the first required parameter', () => {
  const fields =
    readFields({
      properties: {
        memo: { type: 'string' },
        lines: {
          type: 'array',
          items: { type: 'object', properties: { cents: { type: 'integer' } }, required: ['cents'] },
        },
      },
      required: ['lines'],
    }) ?? [];
  expect(toArgumentsText(fields, fields.map(emptyValue))).toEqual({
    kind: 'problem',
    at: 'lines.0.cents',
    message: 'cents is required.',
  });
});

test.each([
  ['integer', '1.5', 'count is not a whole number.'],
  ['number', 'abc', 'count is not a number.'],
])('a parameter of type %s refuses %s', (type, value, message) => {
  const fields = readFields({ properties: { count: { type } } }) ?? [];
  expect(toArgumentsText(fields, [value])).toEqual({ kind: 'problem', at: 'count', message });
});

test('leading zeros are removed: JSON does not allow them', () => {
  const fields = readFields({ properties: { count: { type: 'integer' } } }) ?? [];
  expect(toArgumentsText(fields, ['-007'])).toEqual({ kind: 'text', text: '{"count":-7}' });
});

test('indentJson changes white space only', () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      expect(JSON.parse(indentJson(json))).toEqual(JSON.parse(json));
    }),
  );
  expect(indentJson('{"a":[12345678901234567890,{}],"b":"x y"}')).toBe(
    '{\n  "a": [\n    12345678901234567890,\n    {}\n  ],\n  "b": "x y"\n}',
  );
});
