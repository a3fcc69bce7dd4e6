import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Caller, PrincipalKind } from '@clarity-runtime/core';
import { isSameOwner, SessionIds, type SessionOwner } from '../../src/mcp/session-id.ts';

const owner = fc
  .record({
    kind: fc.constantFrom<PrincipalKind>('token', 'loopback'),
    id: fc.constantFrom('a', 'b'),
    credential: fc.constantFrom('c', 'd'),
    service: fc.constantFrom(undefined, 's', 't'),
    profile: fc.constantFrom(undefined, 'p', 'q'),
  })
  .map(({ kind, id, credential, service, profile }): SessionOwner => {
    const bound = profile === undefined ? {} : { profile: { name: profile, view: undefined } };
    const caller: Caller = {
      tenant: 'default',
      principal: { kind, id },
      credential: { kind: 'token', id: credential },
      door: 'mcp',
      grants: [],
      ...bound,
    };
    return service === undefined ? { caller } : { caller, service };
  });

test('law: two owners are the same if and only if each may use the sessions of the other', () => {
  const ids = new SessionIds(randomBytes(32));
  const facts = { revision: '2025-11-25', capabilities: {} };
  fc.assert(
    fc.property(owner, owner, (one, other) => {
      const isReadable = ids.read(ids.mint(facts, one), other) !== undefined;
      expect(isSameOwner(one, other)).toBe(isReadable);
    }),
  );
});
