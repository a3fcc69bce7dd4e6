import { expect, test } from '@jest/globals';
import { grantOf } from '@clarity-runtime/core';
import { VERBS } from '@clarity-runtime/core/internal';
import { clientVerbs, createCallers, loopbackIdentity, operatorIdentity } from '../../src/guard/callers.ts';

const CLIENT = ['read', 'call', 'inspect', 'operate'];

test('createCallers grants everything to operators, and neither provision nor secrets to MCP clients', () => {
  const callers = createCallers({});
  const token = operatorIdentity('87cbebfe');
  expect(callers(token, 'http').grants).toEqual([grantOf(...VERBS)]);
  expect(callers(token, 'mcp').grants).toEqual([grantOf('read', 'call', 'inspect', 'operate')]);
});

test('createCallers gives each caller of one door the same list of grants', () => {
  const callers = createCallers({});
  expect(callers(loopbackIdentity('mcp'), 'mcp').grants).toBe(callers(operatorIdentity('87cbebfe'), 'mcp').grants);
});

test.each([
  [{}, CLIENT],
  [{ mcpProvisioning: 'approve' }, [...CLIENT, 'provision']],
  [{ mcpProvisioning: true }, [...CLIENT, 'provision', 'secrets']],
  [{ mcpGrants: ['read', 'call'] }, ['read', 'call']],
  [{ mcpGrants: ['read', 'provision', 'secrets'] }, ['read']],
  [{ mcpGrants: ['read', 'provision', 'secrets'], mcpProvisioning: 'approve' }, ['read', 'provision']],
  [{ mcpGrants: ['read', 'approve', 'admin'], mcpProvisioning: true }, ['read']],
] as const)('clientVerbs of %j is %j', (options, verbs) => {
  expect(clientVerbs(options)).toEqual(verbs);
});

test('a local request without a token is the operator at the API and another principal at /mcp', () => {
  expect(loopbackIdentity('http').principal).toEqual({ kind: 'loopback', id: 'operator' });
  expect(loopbackIdentity('mcp').principal).toEqual({ kind: 'loopback', id: 'loopback' });
});
