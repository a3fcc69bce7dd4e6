import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { embeddedCaller, type Door, type Registrant } from '@clarity-runtime/core';
import { isOperator, isSameOwner, OPERATOR, registrantOf } from '../../../src/domain/access/registrant.ts';
import { agent, operator } from '../../support/speak.ts';

test('R65b callers of the API and the embedder are one owner, a client of /mcp is another one', () => {
  expect(isSameOwner(registrantOf(operator), registrantOf(embeddedCaller))).toBe(true);
  expect(isSameOwner(registrantOf(operator), OPERATOR)).toBe(true);
  expect(isSameOwner(registrantOf(agent), registrantOf(operator))).toBe(false);
  const tokenAtMcp = { ...operator, door: 'mcp' } as const;
  expect(isOperator(registrantOf(tokenAtMcp))).toBe(false);
});

const registrant: fc.Arbitrary<Registrant> = fc.record({
  principal: fc.constantFrom('operator', 'system', 'loopback', 'token:a', 'token:b'),
  door: fc.constantFrom<Door>('http', 'mcp', 'stdio', 'metrics', 'embedded', 'boot'),
});

test('R65b isSameOwner is an equivalence relation, and the operator is in one class', () => {
  fc.assert(
    fc.property(registrant, registrant, registrant, (a, b, c) => {
      expect(isSameOwner(a, a)).toBe(true);
      expect(isSameOwner(a, b)).toBe(isSameOwner(b, a));
      if (isSameOwner(a, b) && isSameOwner(b, c)) expect(isSameOwner(a, c)).toBe(true);
      if (isSameOwner(a, b)) expect(isOperator(a)).toBe(isOperator(b));
    }),
    { numRuns: 200 },
  );
});
