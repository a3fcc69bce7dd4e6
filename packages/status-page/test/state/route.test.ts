import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRoute, toServiceHref } from '../../src/state/route.ts';

test('a link to a service, a tab and a tool gives them back, whatever their names are', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/\p{Cs}/u.test(text));
  fc.assert(
    fc.property(name, name, (namespace, tool) => {
      const { view, parts } = parseRoute(toServiceHref(namespace, 'tools', tool));
      expect([view, ...parts.slice(1)]).toEqual(['services', namespace, 'tools', tool]);
    }),
  );
});

test('a route has a view and a query, and an undecodable part stays', () => {
  expect(parseRoute('')).toMatchObject({ view: 'overview', parts: [] });
  expect(parseRoute('#/services?state=problem').query.get('state')).toBe('problem');
  expect(parseRoute('#/services/%zz').parts[1]).toBe('%zz');
});
