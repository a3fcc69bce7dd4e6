import { expect, test } from '@jest/globals';
import { grantOf } from '@clarity-runtime/core';
import { createCallers, loopbackIdentity, operatorIdentity } from '../../src/guard/callers.ts';

test('createCallers grants everything to operators, and neither provision nor secrets to MCP clients', () => {
  const callers = createCallers(false);
  const token = operatorIdentity('87cbebfe');
  expect(callers(token, 'http').grants).toEqual([grantOf('read', 'call', 'operate', 'provision', 'secrets')]);
  expect(callers(token, 'mcp').grants).toEqual([grantOf('read', 'call', 'operate')]);
});

test('createCallers grants provision to MCP clients when provisioning is on', () => {
  const { grants } = createCallers(true)(loopbackIdentity('mcp'), 'mcp');
  expect(grants).toEqual([grantOf('read', 'call', 'operate', 'provision', 'secrets')]);
});

test('a local request without a token is the operator at the API and another principal at /mcp', () => {
  expect(loopbackIdentity('http').principal).toEqual({ kind: 'loopback', id: 'operator' });
  expect(loopbackIdentity('mcp').principal).toEqual({ kind: 'loopback', id: 'loopback' });
});
