import { expect, test } from '@jest/globals';
import type { InterfaceDocument } from '@clarity-runtime/core';
import type { WasmFunction } from '@clarity-runtime/core/ports';
import { uncallableReason, planFunctions } from '../../src/marshalling/callable-functions.ts';
import { functionOf, typeOf } from '../imports/host-fixture.ts';

const record = (...fields: readonly (readonly [string, string])[]): InterfaceDocument['types'][string] => ({
  kind: 'record',
  fields: fields.map(([name, type]) => ({ name, type: typeOf(type) })),
});

const types: InterfaceDocument['types'] = {
  Point: record(['x', 'Int64'], ['label', 'Option<String>']),
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
  Tree: record(['children', 'List<Tree>']),
  Keyed: record(['map', 'Map<Float64,Int64>']),
  Twice: record(['a', 'Int64'], ['a', 'Int64']),
  Void: { kind: 'union', variants: [] },
};

const INTEGER = { type: ['integer', 'string'], pattern: '^-?[0-9]+$' };

function plan(...signatures: readonly string[]): readonly WasmFunction[] {
  return planFunctions({
    abi: 1,
    module: 'm',
    compiler: { kind: 'embedded', name: 'clarityc', version: '1' },
    sourceSha256: '',
    wasmSha256: '',
    functions: signatures.map(functionOf),
    types,
  });
}

/** Returns the schema of the first parameter. */
const inputOf = (type: string): unknown =>
  (plan(`f(${type})->Unit`)[0]?.inputSchema['properties'] as { a?: unknown } | undefined)?.a;

const object = (properties: object, required?: readonly string[]): object => ({
  type: 'object',
  properties,
  ...(required === undefined ? {} : { required }),
  additionalProperties: false,
});

test.each<[string, unknown]>([
  ['Int64', INTEGER],
  ['Float64', { type: 'number' }],
  ['Bool', { type: 'boolean' }],
  ['String', { type: 'string' }],
  ['Bytes', { type: 'string', contentEncoding: 'base64' }],
  ['Timestamp', { anyOf: [{ type: 'string', format: 'date-time' }, INTEGER] }],
  ['Unit', { type: 'null' }],
  ['List<Bool>', { type: 'array', items: { type: 'boolean' } }],
  ['Option<Bool>', { anyOf: [{ type: 'boolean' }, { type: 'null' }] }],
  [
    'Option<Option<Bool>>',
    {
      anyOf: [
        object({ tag: { const: 'Some' }, value: { anyOf: [{ type: 'boolean' }, { type: 'null' }] } }, ['tag', 'value']),
        { type: 'null' },
      ],
    },
  ],
  [
    'Result<Bool,String>',
    { oneOf: [object({ ok: { type: 'boolean' } }, ['ok']), object({ err: { type: 'string' } }, ['err'])] },
  ],
  ['Map<String,Bool>', { type: 'object', additionalProperties: { type: 'boolean' } }],
  [
    'Map<Int64,Bool>',
    { type: 'object', propertyNames: { pattern: '^-?[0-9]+$' }, additionalProperties: { type: 'boolean' } },
  ],
  ['Point', object({ x: INTEGER, label: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, ['x'])],
  ['Color', { type: 'string', enum: ['Red', 'Green'] }],
  [
    'Shape',
    {
      oneOf: [
        object({ tag: { const: 'Dot' } }, ['tag']),
        object({ tag: { const: 'Circle' }, radius: { type: 'number' } }, ['tag', 'radius']),
      ],
    },
  ],
  [
    'Label',
    {
      oneOf: [
        object({ tag: { const: 'Tagged' }, fields: object({ tag: { type: 'string' } }, ['tag']) }, ['tag', 'fields']),
      ],
    },
  ],
  ['Tree', { $ref: '#/$defs/Tree' }],
])('the argument schema of %s is %j', (type, schema) => {
  expect(inputOf(type)).toEqual(schema);
});

test('the argument schema requires no optional argument and rejects unknown ones', () => {
  expect(plan('f(Int64,Option<Int64>,Bool)->Unit')[0]?.inputSchema).toMatchObject({
    type: 'object',
    required: ['a', 'c'],
    additionalProperties: false,
  });
});

test.each<[string, unknown]>([
  ['Unit', undefined],
  ['Result<Unit,String>', undefined],
  ['Int64', object({ result: INTEGER }, ['result'])],
  ['Option<Bool>', object({ result: { anyOf: [{ type: 'boolean' }, { type: 'null' }] } }, ['result'])],
  [
    'Float64',
    object({ result: { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] } }, ['result']),
  ],
  ['Result<Color,String>', object({ result: { type: 'string', enum: ['Red', 'Green'] } }, ['result'])],
  ['Point', inputOf('Point')],
  ['Result<Point,String>', inputOf('Point')],
  [
    'Tree',
    {
      ...object({ children: { type: 'array', items: { $ref: '#/$defs/Tree' } } }, ['children']),
      $defs: { Tree: object({ children: { type: 'array', items: { $ref: '#/$defs/Tree' } } }, ['children']) },
    },
  ],
])('the output schema of type %s is %j', (type, schema) => {
  expect(plan(`f()->${type}`)[0]?.outputSchema).toEqual(schema);
});

test('callableFunctions keeps the doc and adds no member', () => {
  const document = { abi: 1 as const, module: 'm', compiler: { kind: 'external', name: 'c', version: '1' } as const };
  const fn = { ...functionOf('f()->Unit'), doc: 'Says hello.' };
  const [planned] = planFunctions({ ...document, sourceSha256: '', wasmSha256: '', functions: [fn], types: {} });
  expect(planned).toEqual({ name: 'f', doc: 'Says hello.', inputSchema: object({}) });
  expect(Object.keys(plan('f()->Unit')[0] ?? {})).toEqual(['name', 'inputSchema']);
});

test.each([
  ['test_it()->Unit', 'it is a test'],
  ['f(Keyed)->Unit', 'a Map has keys that JSON cannot have'],
  ['f()->List<Missing>', 'one of its types is not described'],
  ['f(__proto__)->Unit', 'one of its types is not described'],
  ['f(Twice)->Unit', 'it has two fields or parameters of one name'],
  ['f(Void)->Unit', 'one of its types has no values'],
  [`f(${'List<'.repeat(40)}Bool${'>'.repeat(40)})->Unit`, 'its types are nested too deeply'],
])('uncallableReason of %s is: %s', (signature, reason) => {
  expect(uncallableReason(functionOf(signature), types)).toBe(reason);
  expect(plan(signature, 'g()->Unit').map(({ name }) => name)).toEqual(['g']);
});

test.each(['a$b', '', '1a', 'a b', '\u001b[31m', 'é', 'x'.repeat(129)])(
  'uncallableReason rejects the function name %j',
  (name) => {
    expect(uncallableReason({ ...functionOf('f()->Unit'), name }, types)).toBe('its name is not a valid tool name');
  },
);

test('uncallableReason rejects function types and unknown types', () => {
  const fn = { ...functionOf('f()->Unit'), result: { kind: 'Function' } as never };
  expect(uncallableReason(fn, types)).toBe('one of its types cannot be written as JSON');
});

test('the schema of types that contain the next one twice does not grow exponentially', () => {
  const chain: InterfaceDocument['types'] = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => {
      const next = at === 59 ? 'Int64' : `T${String(at + 1)}`;
      return [`T${String(at)}`, record(['left', next], ['right', next])];
    }),
  );
  const head = { abi: 1 as const, module: 'm', compiler: { kind: 'embedded', name: 'c', version: '1' } as const };
  const functions = [functionOf('f(T0)->T0')];
  const [planned] = planFunctions({ ...head, sourceSha256: '', wasmSha256: '', functions, types: chain });
  expect(JSON.stringify(planned).length).toBeLessThan(100_000);
  expect(uncallableReason(functionOf('f(T0)->T0'), chain)).toBeUndefined();
});
