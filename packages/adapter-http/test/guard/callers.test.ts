import { expect, test } from '@jest/globals';
import { createCallers } from '../../src/guard/callers.ts';

test('createCallers grants everything to operators, and neither provision nor secrets to MCP clients', () => {
  const callers = createCallers(false);
  expect([...callers('token', '87cbebfe', 'http').grants]).toEqual(['read', 'call', 'operate', 'provision', 'secrets']);
  expect([...callers('token', '87cbebfe', 'mcp').grants]).toEqual(['read', 'call', 'operate']);
});

test('createCallers grants provision to MCP clients when provisioning is on', () => {
  const grants = createCallers(true)('loopback', 'loopback', 'mcp').grants;
  expect(grants).toEqual(new Set(['read', 'call', 'operate', 'provision', 'secrets']));
});
