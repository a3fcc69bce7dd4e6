import { expect, test } from '@jest/globals';
import { toTokenRequest } from '../../src/text/token-request.ts';

const fields = {
  name: 'ci',
  role: 'client',
  services: 'docs, ledger',
  tools: '',
  profile: '',
  doors: 'mcp,http',
  days: '30',
};

test('toTokenRequest returns the body of the route', () => {
  expect(toTokenRequest(fields)).toEqual({
    name: 'ci',
    grants: [{ verbs: ['read', 'call'], services: ['docs', 'ledger'], tools: ['*'] }],
    doors: ['mcp', 'http'],
    lifeSeconds: 2_592_000,
  });
});

test.each([
  [{ name: '' }, 'The name is empty.'],
  [{ role: 'constructor' }, 'The role is not known.'],
  [{ days: '0' }, 'The days are not a whole number from 1 to 365.'],
  [{ days: '366' }, 'The days are not a whole number from 1 to 365.'],
  [{ days: '1e2' }, 'The days are not a whole number from 1 to 365.'],
])('toTokenRequest refuses %j', (part, sentence) => {
  expect(toTokenRequest({ ...fields, ...part })).toBe(sentence);
});
