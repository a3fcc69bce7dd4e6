import { expect, test } from '@jest/globals';
import { z, type ZodType } from 'zod';
import { unboundedStrings } from '../../../test/support/unbounded-strings.ts';
import { routes } from '../src/routes.ts';

test('unboundedStrings finds a string without a bound below any keyword', () => {
  const free = { type: 'string' };
  const schema = {
    properties: {
      type: free,
      list: { items: free },
      map: { additionalProperties: { anyOf: [{ type: 'null' }, free] } },
    },
    $defs: {
      some: { type: ['string', 'null'], pattern: '^a+$' },
      bounded: { type: 'string', pattern: '^[a+*]{1,3}\\*$' },
    },
  };
  expect(unboundedStrings(schema)).toEqual([
    '/properties/type',
    '/properties/list/items',
    '/properties/map/additionalProperties/anyOf',
    '/$defs/some',
  ]);
});

const inputs = Object.values(routes).flatMap((route: { readonly path: string; body?: ZodType; query?: ZodType }) =>
  [route.body, route.query].flatMap((schema, at) =>
    schema === undefined ? [] : [[`${at === 0 ? 'body' : 'query'} of ${route.path}`, schema] as const],
  ),
);

test('T-547 law: every string in the body and the query of every route of the API has a bound', () => {
  const found = inputs.flatMap(([name, schema]) =>
    unboundedStrings(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), name),
  );
  expect(inputs.length).toBeGreaterThan(30);
  expect(found).toEqual([]);
});
