import { expect, test } from '@jest/globals';
import { contractOf, type ComponentContract } from '../../src/contract/component-contract.ts';
import { functionSchemas } from '../../src/contract/type-schema.ts';
import { readComponent } from '../../src/decoder/read-component.ts';
import { componentOf, LIFT, MEMORY } from '../support/components.ts';

const contract = async (text: string): Promise<ComponentContract> => contractOf(readComponent(await componentOf(text)));

const ONE = '(core module $m (func (export "f") (result i32) (i32.const 1))) (core instance $i (instantiate $m))';
const lifted = '(canon lift (core func $i "f"))';

test('functions of interfaces have the name of their interface, and names are those of tools', async () => {
  const { functions } = await contract(`(component ${ONE}
    (func $f (result u32) ${lifted})
    (instance $api (export "count-all" (func $f)))
    (export "docs:adder/my-api@0.1.0" (instance $api))
    (export "count-all" (func $f)))`);
  expect(functions.map(({ name, path }) => [name, path])).toEqual([
    ['my_api_count_all', ['docs:adder/my-api@0.1.0', 'countAll']],
    ['count_all', ['countAll']],
  ]);
});

test('functions with resources are left out by name and reason, and a component without others is refused', async () => {
  const resource = `(component ${ONE} (type $r' (resource (rep i32))) (export $r "thing" (type $r'))
    (core func $new (canon resource.new $r'))
    (core module $n (import "" "new" (func $new (param i32) (result i32)))
      (func (export "make") (result i32) (call $new (i32.const 7))))
    (core instance $j (instantiate $n (with "" (instance (export "new" (func $new))))))
    (func (export "make") (result (own $r)) (canon lift (core func $j "make")))`;
  const { functions, leftOut } = await contract(`${resource} (func (export "f") (result u32) ${lifted}))`);
  expect(functions.map(({ name }) => name)).toEqual(['f']);
  expect(leftOut).toEqual([{ name: 'make', reason: 'it has a parameter or result of type resource' }]);
  await expect(contract(`${resource})`)).rejects.toThrow(
    'no function of the component can be called: make (it has a parameter or result of type resource)',
  );
});

test('T-569 types that expand without limit are left out, without being expanded', async () => {
  const doubled = Array.from({ length: 40 }, (_, at) => {
    const part = at === 0 ? 'u8' : `$t${String(at - 1)}`;
    return `(type $t${String(at)} (tuple ${part} ${part}))`;
  });
  const text = `(component ${ONE} ${doubled.join(' ')} (core module $e ${MEMORY}
      (func (export "g") (param i32 i32)))
    (core instance $k (instantiate $e))
    (func (export "f") (result u32) ${lifted})
    (func (export "g") (param "x" (list $t39)) (canon lift (core func $k "g") ${LIFT.replaceAll('$i', '$k')})))`;
  // The validator of the text format counts the same types, so that the test parses what it accepts.
  const parsed = await componentOf(text);
  expect(contractOf(readComponent(parsed)).leftOut).toEqual([
    { name: 'g', reason: expect.stringMatching(/nested|large/) },
  ]);
});

test('results of records are used as they are, `err` is not a part of the output', () => {
  const point = { kind: 'record', fields: [{ name: 'x-y', type: { kind: 'u8' } }] } as const;
  const fn = {
    name: 'f',
    path: ['f'],
    params: [{ name: 'at', type: { kind: 'option', value: { kind: 's64' } } }],
  } as const;
  const result = { kind: 'result', ok: point, err: { kind: 'string' } } as const;
  expect(functionSchemas({ ...fn, result })).toEqual({
    inputSchema: {
      type: 'object',
      properties: { at: { anyOf: [{ type: ['integer', 'string'], pattern: '^-?[0-9]+$' }, { type: 'null' }] } },
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { 'x-y': { type: 'integer', minimum: 0, maximum: 255 } },
      required: ['x-y'],
      additionalProperties: false,
    },
  });
});
