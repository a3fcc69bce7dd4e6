import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accessKey, allowsOn, decide, hasVerb, knowsOf } from '../../../src/domain/access/decide.ts';
import { grantOf, VERBS } from '../../../src/domain/access/grant.ts';
import { ProfileView } from '../../../src/domain/access/profile-view.ts';
import type { ItemKind, ProfileSpec } from '../../../src/domain/access/profile.ts';

const NAMES = ['a', 'ab', 'docs', 'runtime'];
const PATTERNS = ['a', 'a*', '*', 'docs'];
const PATHS = ['a/a', 'docs/*', '*/ab', '*', 'runtime/a'];
const some = (values: readonly string[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 2 });
const profileSpec: fc.Arbitrary<ProfileSpec> = fc.record(
  {
    services: some(PATTERNS, 1),
    tools: fc.record({ allow: some(PATHS), deny: some(PATHS) }, { requiredKeys: [] }),
    prompts: fc.boolean(),
    resources: fc.boolean(),
    controlTools: fc.constantFrom('none' as const, 'read' as const),
  },
  { requiredKeys: ['services'] },
);
const kinds: readonly ItemKind[] = ['tool', 'prompt', 'resource'];
const viewOf = (spec: ProfileSpec): ProfileView =>
  ProfileView.of({ apiVersion: 'clarity.runtime/v1', kind: 'Profile', metadata: { name: 'p' }, spec });
const grants = fc.array(
  fc.record({ verbs: fc.subarray([...VERBS]), services: some(PATTERNS, 1), tools: some(PATTERNS, 1) }),
  { maxLength: 3 },
);

test('T-490 a profile never allows more than the grants, and passes the use of its items alone', () => {
  fc.assert(
    fc.property(
      grants,
      profileSpec,
      fc.constantFrom(...NAMES),
      fc.constantFrom(...NAMES),
      fc.constantFrom(...kinds),
      fc.constantFrom(...VERBS),
      (all, spec, namespace, item, kind, verb) => {
        const plain = { door: 'mcp' as const, grants: all };
        const caller = { ...plain, profile: { name: 'p', view: viewOf(spec) } };
        const request = { verb, target: { namespace, item, kind } };
        const verdict = decide(caller, request);
        if (verdict.isAllowed) expect(decide(plain, request).isAllowed).toBe(true);
        expect(allowsOn(caller, verb, namespace, item, kind)).toBe(verdict.isAllowed);
        if (verdict.isAllowed) expect(knowsOf(caller, namespace, item, kind)).toBe(true);
        else expect(verdict.isVisible).toBe(knowsOf(caller, namespace, item, kind));
        if (verb !== 'read' && verb !== 'call') expect(verdict.isAllowed || hasVerb(caller, verb)).toBe(false);
        expect(decide(caller, { verb, target: 'everything' }).isAllowed).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('callers of two profiles with the same key get the same decisions', () => {
  fc.assert(
    fc.property(
      profileSpec,
      profileSpec,
      fc.constantFrom(...NAMES),
      fc.constantFrom(...NAMES),
      (a, b, namespace, item) => {
        const of = (spec: ProfileSpec) => ({
          door: 'mcp' as const,
          grants: [grantOf('read', 'call')],
          profile: { name: 'p', view: viewOf(spec) },
        });
        if (accessKey(of(a)) !== accessKey(of(b))) return;
        for (const kind of kinds)
          expect(allowsOn(of(a), 'call', namespace, item, kind)).toBe(allowsOn(of(b), 'call', namespace, item, kind));
      },
    ),
  );
});

test('T-490 a caller of a removed profile sees and uses nothing', () => {
  const caller = { door: 'mcp' as const, grants: [grantOf(...VERBS)], profile: { name: 'gone', view: undefined } };
  for (const verb of VERBS) {
    expect(hasVerb(caller, verb)).toBe(false);
    expect(allowsOn(caller, verb, 'docs', 'search')).toBe(false);
    expect(decide(caller, { verb, target: 'something' }).isAllowed).toBe(false);
  }
  expect(knowsOf(caller, 'docs')).toBe(false);
});
