import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { manifestSchema } from '../../src/validation/manifest-schema.ts';
import { policySchema } from '../../src/validation/policy-schema.ts';
import { schemaCompiler } from '../../src/validation/schema-compiler.ts';

const wrong = { type: 'object', properties: { name: { type: 'string', maxLength: 'ten' } } };

test.each([
  ['manifest', manifestSchema],
  ['policy', policySchema],
])('the schema of a %s, which the compiler does not check, fits the meta-schema', (_, schema) => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false });
  expect([ajv.validateSchema(schema), ajv.errors]).toEqual([true, null]);
  expect(ajv.validateSchema(wrong)).toBe(false);
});

test('a schema of an embedder is checked against the meta-schema', () => {
  expect(() => schemaCompiler(true).compile(wrong)).toThrow('schema is invalid');
});

test('an unknown keyword is refused in every schema', () => {
  for (const isForeign of [false, true]) {
    expect(() => schemaCompiler(isForeign).compile({ type: 'object', propertys: {} })).toThrow('propertys');
  }
});
