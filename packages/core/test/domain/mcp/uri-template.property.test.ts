import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesTemplate } from '../../../src/domain/mcp/uri-template.ts';

test('matchesTemplate accepts every URI that is expanded from the template', () => {
  const literal = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.') });
  fc.assert(
    fc.property(
      fc.array(literal, { minLength: 1, maxLength: 5 }),
      fc.array(literal, { minLength: 5, maxLength: 5 }),
      (literals, values) => {
        const template = literals.join('{x}');
        const uri = literals.map((part, i) => (i === 0 ? part : `${values[i - 1] ?? ''}${part}`)).join('');
        expect(matchesTemplate(template, uri)).toBe(true);
      },
    ),
  );
});

test.each([
  ['a://{id}', 'b://1'],
  ['a://{id}/data', 'a://1'],
  ['a://x', 'a://xy'],
  ['a://{a}/b/{c}/d', 'a://1/d'],
  ['aba{x}aba', 'aba'],
])('matchesTemplate with template %s rejects %s', (template, uri) => {
  expect(matchesTemplate(template, uri)).toBe(false);
});
