import { expect, test } from '@jest/globals';
import { createCallers } from '../../src/guard/callers.ts';

test('an operator may do everything, a client neither provisions nor sees secrets', () => {
  const callers = createCallers(false);
  expect([...callers('token', '87cbebfe', 'http').grants]).toEqual(['read', 'call', 'operate', 'provision', 'secrets']);
  expect([...callers('token', '87cbebfe', 'mcp').grants]).toEqual(['read', 'call', 'operate']);
});

test('with the gate open a client provisions too', () => {
  const grants = createCallers(true)('loopback', 'loopback', 'mcp').grants;
  expect(grants).toEqual(new Set(['read', 'call', 'operate', 'provision', 'secrets']));
});
