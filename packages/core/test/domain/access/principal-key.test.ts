import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { principalKey } from '../../../src/domain/access/principal-key.ts';
import { systemCaller, type Principal } from '../../../src/domain/access/caller.ts';

test('law: a key has the tenant of its caller, also if callers of several tenants share a principal', () => {
  const principals: readonly Principal[] = [
    { kind: 'token', id: 'token:a' },
    { kind: 'operator', id: 'operator' },
  ];
  const step = fc.record({ at: fc.nat(1), tenant: fc.constantFrom('default', 'red', 'blue') });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      for (const { at, tenant } of steps) {
        const principal = principals[at] as Principal;
        const key = `${tenant} ${principal.kind} ${principal.id}`;
        expect(principalKey({ ...systemCaller, tenant, principal })).toBe(key);
      }
    }),
  );
});
