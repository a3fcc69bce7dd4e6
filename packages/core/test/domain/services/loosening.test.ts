import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loosenedFields } from '../../../src/domain/services/loosening.ts';
import type { Manifest, ManifestSpec, ServicePolicy } from '../../../src/domain/services/manifest.ts';
import { manifestOf } from '../../support/fake-connector.ts';

const base = manifestOf('calc');
const withSpec = (spec: Partial<ManifestSpec>): Manifest => ({ ...base, spec: { ...base.spec, ...spec } });
const fields = (old: Partial<ManifestSpec>, now: Partial<ManifestSpec>): readonly string[] =>
  loosenedFields(withSpec(old), withSpec(now));

const limits = fc.record({ timeoutMs: fc.integer({ min: 10, max: 99 }), queue: fc.nat(9) }, { requiredKeys: [] });
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
const policies: fc.Arbitrary<ServicePolicy> = fc.record(
  {
    timeoutMs: fc.integer({ min: 10, max: 99 }),
    maxConcurrency: fc.integer({ min: 1, max: 9 }),
    rate: fc.record({ perMinute: fc.integer({ min: 1, max: 9 }), burst: fc.integer({ min: 1, max: 9 }) }),
    allowTools: names,
    denyTools: names,
    tools: fc.dictionary(fc.constantFrom('a', 'b'), limits),
  },
  { requiredKeys: [] },
);
const specs: fc.Arbitrary<Partial<ManifestSpec>> = fc.record({
  policy: policies,
  pinInterface: fc.boolean(),
  isolation: fc.constantFrom('shared' as const, 'per-client' as const),
  sandbox: fc.constantFrom('none' as const, 'auto' as const, 'required' as const),
  limits: fc.record({ memoryBytes: fc.integer({ min: 1, max: 9 }) }, { requiredKeys: [] }),
});

test('loosenedFields is empty for the same manifest', () => {
  fc.assert(
    fc.property(specs, (spec) => {
      expect(fields(spec, spec)).toEqual([]);
    }),
  );
});

test('T-529 without loosened fields each tool, each name and each limit is at most as wide as before', () => {
  const limit = (policy: ServicePolicy, tool: string, knob: 'timeoutMs'): number =>
    policy.tools?.[tool]?.[knob] ?? policy[knob] ?? Infinity;
  const isAllowed = ({ allowTools, denyTools = [] }: ServicePolicy, tool: string): boolean =>
    (allowTools?.includes(tool) ?? true) && !denyTools.includes(tool);
  const queueOf = (policy: ServicePolicy, tool: string): number => policy.tools?.[tool]?.queue ?? Infinity;
  const narrow = fc
    .tuple(specs, specs, fc.infiniteStream(fc.integer({ min: 0, max: 5 })))
    .map(([old, other, picks]) => {
      const mixed = (a: object, b: object): object => {
        const both = [...new Set([...Object.keys(a), ...Object.keys(b)])];
        const pick = (name: string): unknown =>
          picks.next().value === 0 ? (Reflect.get(b, name) as unknown) : (Reflect.get(a, name) as unknown);
        return Object.fromEntries(
          both.map((name) => [name, pick(name)] as const).filter(([, value]) => value !== undefined),
        );
      };
      const now: Partial<ManifestSpec> = {
        ...mixed({ ...old, policy: {} }, { ...other, policy: {} }),
        policy: mixed(old.policy ?? {}, other.policy ?? {}),
      };
      const pair: readonly [Partial<ManifestSpec>, Partial<ManifestSpec>] = [old, now];
      return pair;
    });
  fc.assert(
    fc.property(narrow, ([old, now]) => {
      fc.pre(fields(old, now).length === 0);
      const [before, after] = [old.policy ?? {}, now.policy ?? {}];
      for (const tool of ['a', 'b', 'c', 'd']) {
        expect(limit(after, tool, 'timeoutMs')).toBeLessThanOrEqual(limit(before, tool, 'timeoutMs'));
        expect(queueOf(after, tool)).toBeLessThanOrEqual(queueOf(before, tool));
        expect([isAllowed(before, tool), isAllowed(after, tool)]).not.toEqual([false, true]);
      }
      expect(after.maxConcurrency ?? Infinity).toBeLessThanOrEqual(before.maxConcurrency ?? Infinity);
      expect(after.rate?.perMinute ?? Infinity).toBeLessThanOrEqual(before.rate?.perMinute ?? Infinity);
      expect([old.pinInterface, now.pinInterface]).not.toEqual([true, false]);
      expect([old.isolation, now.isolation]).not.toEqual(['per-client', 'shared']);
      expect(now.limits?.memoryBytes ?? Infinity).toBeLessThanOrEqual(old.limits?.memoryBytes ?? Infinity);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, Partial<ManifestSpec>, Partial<ManifestSpec>, string]>([
  ['a tool that is no longer denied', { policy: { denyTools: ['x'] } }, {}, 'spec.policy.denyTools'],
  [
    'a tool that is newly allowed',
    { policy: { allowTools: ['x'] } },
    { policy: { allowTools: ['x', 'y'] } },
    'spec.policy.allowTools',
  ],
  ['a list of allowed tools that is gone', { policy: { allowTools: ['x'] } }, {}, 'spec.policy.allowTools'],
  ['a larger rate', { policy: { rate: { perMinute: 1 } } }, { policy: { rate: { perMinute: 2 } } }, 'spec.policy.rate'],
  [
    'a larger limit of one tool',
    { policy: { timeoutMs: 10 } },
    { policy: { timeoutMs: 10, tools: { x: { timeoutMs: 20 } } } },
    "spec.policy.tools['x'].timeoutMs",
  ],
  ['another named policy', { policyRef: 'strict' }, { policyRef: 'default' }, 'spec.policyRef'],
  ['a pin that is gone', { pinInterface: true }, {}, 'spec.pinInterface'],
  ['a weaker sandbox', { sandbox: 'required' }, { sandbox: 'auto' }, 'spec.sandbox'],
  ['a shared process', { isolation: 'per-client' }, {}, 'spec.isolation'],
])('loosenedFields names %s', (_, old, now, field) => {
  expect(fields(old, now)).toEqual([field]);
  expect(fields(now, old)).not.toContain(field === 'spec.policyRef' ? undefined : field);
});
