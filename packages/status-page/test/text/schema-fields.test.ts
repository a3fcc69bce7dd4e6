import { expect, test } from '@jest/globals';
import { readFields } from '../../src/text/schema-fields.ts';

const kindOf = (schema: object): string | undefined => readFields({ properties: { it: schema } })?.[0]?.kind;

test.each([
  ['text', { type: 'string' }],
  ['date', { type: 'string', format: 'date' }],
  ['integer', { type: 'integer' }],
  ['number', { type: 'number' }],
  ['boolean', { type: 'boolean' }],
  ['enum', { type: 'string', enum: ['a'] }],
  ['list', { type: 'array', items: { type: 'string' } }],
  ['object', { type: 'object', properties: { a: {} } }],
  ['objects', { type: 'array', items: { type: 'object', properties: { a: {} } } }],
  ['json', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  ['json', { $ref: '#/$defs/a' }],
  ['json', { type: 'array', prefixItems: [{ type: 'string' }] }],
  ['text', { type: ['string', 'null'] }],
  ['integer', { type: ['integer', 'string'], pattern: '^-?[0-9]+$' }],
  ['json', { type: ['string', 'boolean'] }],
  ['json', { type: 'object' }],
  ['json', {}],
])('a field of kind %s asks for %j', (kind, schema) => {
  expect(kindOf(schema)).toBe(kind);
});

test.each([[{ oneOf: [] }], [{ type: 'array' }], [null], ['text']])('%j is asked for as JSON', (schema) => {
  expect(readFields(schema)).toBeUndefined();
});

test('a schema deeper than 4 levels is asked for as JSON', () => {
  let schema: object = { type: 'string' };
  for (let depth = 0; depth < 10_000; depth += 1) schema = { type: 'object', properties: { deeper: schema } };
  let [field] = readFields(schema) ?? [];
  const kinds: unknown[] = [];
  for (; field !== undefined; [field] = field.fields) kinds.push(field.kind);
  expect(kinds).toEqual(['object', 'object', 'object', 'object', 'json']);
});

test('limits and a pattern are shown as words', () => {
  const [field] =
    readFields({ properties: { it: { type: 'string', pattern: '^(a+)+$', maxLength: 9, default: 'x' } } }) ?? [];
  expect(field?.limits).toBe('string, like ^(a+)+$, at most 9 characters, default "x"');
});
