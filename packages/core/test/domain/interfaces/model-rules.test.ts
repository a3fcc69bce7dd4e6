import { expect, test } from '@jest/globals';
import { MODEL_RULES, modelProblems } from '../../../src/domain/interfaces/model-rules.ts';

const problemsOf = (inputSchema: unknown, name = 'tool', rest: object = {}) =>
  modelProblems({ name, definition: { name, inputSchema, ...rest } }).map(
    ({ rule, receivers }) => `${rule} ${receivers.join(',')}`,
  );
const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });

test.each([
  ['a', []],
  ['a-b_C9', []],
  ['', ['NAME_LENGTH Claude,OpenAI,Gemini', 'NAME_START Gemini']],
  ['x'.repeat(65), ['NAME_LENGTH Claude,OpenAI,Gemini']],
  ['repo.read', ['NAME_CHARACTERS Claude,OpenAI']],
  ['create volume', ['NAME_CHARACTERS Claude,OpenAI', 'NAME_CHARACTERS Gemini']],
  ['repo/read', ['NAME_CHARACTERS Claude,OpenAI', 'NAME_CHARACTERS Gemini']],
  ['搜索', ['NAME_CHARACTERS Claude,OpenAI', 'NAME_CHARACTERS Gemini', 'NAME_START Gemini']],
  ['7zip', ['NAME_START Gemini']],
])('Q57 modelProblems names the APIs that refuse the name %j', (name, expected) => {
  expect(problemsOf({ type: 'object' }, name)).toEqual(expected);
});

test.each([
  ['an empty object', { type: 'object' }, []],
  ['nested combinations', object({ a: { anyOf: [{ type: 'string' }, { type: 'number' }] } }), []],
  [
    'a top-level oneOf',
    { type: 'object', oneOf: [{ required: ['a'] }] },
    ['ROOT_COMPOSITION Claude,OpenAI', 'KEYWORD Gemini'],
  ],
  ['a top-level anyOf', { type: 'object', anyOf: [] }, ['ROOT_COMPOSITION Claude,OpenAI']],
  ['a top-level enum', { type: 'object', enum: [{}] }, ['ROOT_COMPOSITION OpenAI', 'ENUM_TYPE Gemini']],
  ['no type', { properties: {} }, ['ROOT_TYPE Claude,OpenAI,Gemini']],
  ['another type', { type: 'string' }, ['ROOT_TYPE Claude,OpenAI,Gemini']],
  ['no schema', undefined, ['ROOT_TYPE Claude,OpenAI,Gemini']],
  ['an array without items', object({ a: { type: 'array' } }), ['ARRAY_ITEMS OpenAI,Gemini']],
  ['an odd property name', object({ 'naïve name': { type: 'string' } }), ['PROPERTY_NAME Claude']],
  [
    'a remote reference',
    object({ a: { $ref: 'https://x/y.json' } }),
    ['REFERENCE Claude,OpenAI,Gemini', 'KEYWORD Gemini'],
  ],
  ['a dangling reference', object({ a: { $ref: '#/$defs/no' } }), ['REFERENCE Claude,OpenAI,Gemini', 'KEYWORD Gemini']],
  ['a local reference', object({ a: { $ref: '#/$defs/b' } }, { $defs: { b: { type: 'string' } } }), ['KEYWORD Gemini']],
  ['an older draft', object({ a: { type: 'number', exclusiveMinimum: true } }), ['DRAFT Claude', 'KEYWORD Gemini']],
  ['a list of types', object({ a: { type: ['string', 'null'] } }), ['TYPE_LIST Gemini']],
  ['numbers in an enum', object({ a: { enum: [1, 2] } }), ['ENUM_TYPE Gemini']],
  ['a format', object({ a: { type: 'string', format: 'uri' } }), ['FORMAT Gemini']],
])('Q34 modelProblems finds %s', (_what, schema, expected) => {
  expect(problemsOf(schema)).toEqual(expected);
});

test('Q34 modelProblems finds deep nesting and long descriptions, and names the place in printable text', () => {
  let deep: object = { type: 'string' };
  for (let i = 0; i < 11; i += 1) deep = object({ '\u202ea': deep });
  const found = modelProblems({ name: 'a', definition: { inputSchema: deep, description: 'x'.repeat(1_025) } });
  expect(found.map(({ rule }) => rule)).toEqual(['DESCRIPTION_LENGTH', 'PROPERTY_NAME', 'DEPTH']);
  for (const { problem } of found) expect(problem).toMatch(/^[ -~]{1,300}$/);
});

test('modelProblems is bounded for a wide and a deep schema', () => {
  const wide = object(Object.fromEntries(Array.from({ length: 50_000 }, (_each, at) => [`p${String(at)}`, {}])));
  expect(problemsOf(wide)).toEqual([]);
  let deep: unknown = {};
  for (let i = 0; i < 5_000; i += 1) deep = { type: 'object', not: deep };
  expect(problemsOf(deep)).toContain('KEYWORD Gemini');
  expect(new Set(MODEL_RULES.map(({ rule, receivers }) => `${rule} ${receivers.join(',')}`)).size).toBe(
    MODEL_RULES.length,
  );
});
