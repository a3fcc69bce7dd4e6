import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { repairForModels } from '../../../src/domain/interfaces/model-repair.ts';
import { modelProblems } from '../../../src/domain/interfaces/model-rules.ts';
import { cpuMsOf } from '../../../../../test/support/cpu-time.ts';

const NAMES = ['a', 'b_1', 'naïve name', '', '__proto__', 'x'.repeat(70)];
const names = fc.constantFrom(...NAMES);
const types = fc.constantFrom('object', 'array', 'string', 'number', 'integer', 'boolean', 'null', 'text', 5);

/** Schemas with every keyword of draft 2020-12 and of older drafts, valid or not. */
const { schema } = fc.letrec<{ schema: unknown; node: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(true, false, null, 5, {}),
    tie('node'),
  ),
  node: fc.record(
    {
      type: fc.oneof(types, fc.array(types, { maxLength: 3 })),
      properties: fc.dictionary(names, tie('schema'), { maxKeys: 3, noNullPrototype: true }),
      required: fc.oneof(
        fc.array(fc.oneof(names, fc.constantFrom({ toString: 1 }, ['a'], null)), { maxLength: 2 }),
        fc.constant(true),
      ),
      items: fc.oneof(tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
      anyOf: fc.array(tie('schema'), { maxLength: 2 }),
      oneOf: fc.array(tie('schema'), { maxLength: 2 }),
      allOf: fc.array(tie('schema'), { maxLength: 2 }),
      not: tie('schema'),
      if: tie('schema'),
      $ref: fc.constantFrom('#', '#/$defs/a', '#/$defs/b', '#/properties/a', 'https://x/y', 5),
      $defs: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { maxKeys: 2, noNullPrototype: true }),
      const: fc.constantFrom('x', 1, null),
      enum: fc.oneof(fc.array(fc.constantFrom('x', 1, null), { maxLength: 3 }), fc.constant('x')),
      format: fc.constantFrom('uri', 'date-time', 5),
      pattern: fc.constantFrom('^a', 5),
      title: fc.constantFrom('t', 5),
      description: fc.constantFrom('d', 'x'.repeat(2_000), 5),
      minimum: fc.constantFrom(1, '1'),
      exclusiveMinimum: fc.constantFrom(1, true),
      additionalProperties: tie('schema'),
      patternProperties: fc.dictionary(names, tie('schema'), { maxKeys: 1, noNullPrototype: true }),
      uniqueItems: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
}));

test('Q34 a repaired definition breaks no rule of any model API, whatever the schema', () => {
  fc.assert(
    fc.property(
      schema,
      fc.constantFrom(undefined, '', 'short', '\ud83d\ude00'.repeat(600)),
      (inputSchema, description) => {
        const definition = { name: 'tool', description, inputSchema, annotations: { readOnlyHint: true } };
        const repaired = repairForModels(RawJson.fromText(JSON.stringify(definition))).value as typeof definition;
        expect(modelProblems({ name: 'tool', definition: repaired })).toEqual([]);
        expect(repaired.annotations).toEqual(definition.annotations);
        expect(repaired.name).toBe('tool');
        expect(JSON.stringify(repaired).length).toBeLessThan(500_000);
      },
    ),
    { numRuns: 80 },
  );
});

const repair = (inputSchema: object): unknown =>
  (repairForModels(RawJson.of({ name: 't', inputSchema })).value as { inputSchema: unknown }).inputSchema;

test('Q34 repairForModels keeps the arguments of combined schemas', () => {
  expect(
    repair({
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
      oneOf: [
        { properties: { a: { type: 'integer', exclusiveMinimum: 0 } }, required: ['a'] },
        { properties: { b: { $ref: '#/$defs/b' } }, required: ['b'] },
      ],
      allOf: [{ properties: { c: { const: 'x' } }, required: ['c'] }],
      $defs: { b: { type: ['array', 'null'] } },
    }),
  ).toEqual({
    type: 'object',
    properties: {
      a: { type: 'integer', minimum: 0 },
      b: { type: 'array', nullable: true, items: {} },
      c: { enum: ['x'] },
      id: { type: 'string' },
    },
    required: ['id', 'c'],
  });
});

test('Q34 repairForModels names arguments in the description that no API accepts as a property', () => {
  const definition = RawJson.of({
    name: 't',
    description: 'Does it.',
    inputSchema: {
      type: 'object',
      properties: { 'my arg': {}, ok: {} },
      required: ['my arg', 'ok'],
      additionalProperties: false,
    },
  });
  expect(repairForModels(definition).value).toEqual({
    name: 't',
    description: 'Does it.\nFurther arguments: "my arg"',
    inputSchema: { type: 'object', properties: { ok: {} }, required: ['ok'] },
  });
});

test('repairForModels is bounded for recursive references', () => {
  const branch = { properties: { l: { $ref: '#/$defs/n' }, r: { $ref: '#/$defs/m' } } };
  let text = '';
  const taken = cpuMsOf(() => {
    text = JSON.stringify(repair({ type: 'object', ...branch, $defs: { n: branch, m: branch } }));
  });
  expect(text.length).toBeLessThan(100_000);
  expect(taken).toBeLessThan(5_000);
});

const values = fc.jsonValue({ maxDepth: 3 });
const { valid } = fc.letrec<{ valid: object }>((tie) => ({
  valid: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<object>({ type: 'string' }, { type: ['integer', 'null'] }, { const: 'a' }, { enum: ['a', 1] }, {}),
    fc.record(
      {
        type: fc.constantFrom('object', ['object', 'string'], 'array'),
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'c d'), tie('valid'), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
        required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c d'), { maxLength: 2 }),
        items: tie('valid'),
        anyOf: fc.array(tie('valid'), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie('valid'), { minLength: 1, maxLength: 2 }),
        allOf: fc.array(tie('valid'), { minLength: 1, maxLength: 2 }),
        additionalProperties: fc.boolean(),
        minItems: fc.constantFrom(0, 1),
        exclusiveMinimum: fc.constantFrom(0, 1),
      },
      { requiredKeys: [] },
    ),
  ),
}));

test('Q34 a repaired schema accepts every object that the original accepts', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  const isAccepted = (schema: object, value: unknown): boolean => ajv.compile(schema)(value);
  const given = fc.dictionary(fc.constantFrom('a', 'b', 'c d', 'e'), values, { noNullPrototype: true });
  fc.assert(
    fc.property(valid, fc.array(given, { minLength: 5, maxLength: 10 }), (original, objects) => {
      const schema = { ...original, type: 'object' };
      const repaired = repair(schema) as object;
      for (const value of objects)
        if (isAccepted(schema, value)) expect([value, isAccepted(repaired, value)]).toEqual([value, true]);
    }),
    { numRuns: 50 },
  );
});
