import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Door } from '../../../src/domain/access/caller.ts';
import { allowsOn, callLimitsOf, decide, hasVerb, knowsOf, accessKey } from '../../../src/domain/access/decide.ts';
import { type Grant, grantOf, type Verb, VERBS } from '../../../src/domain/access/grant.ts';

const NAMES = ['a', 'ab', 'abc', 'b', 'docs', 'docs_2', 'x'];
const PATTERNS = [...NAMES, '*', 'a*', '*b', 'a*c', 'docs*', '*o*s*', '**'];
const some = <T>(values: readonly T[], minLength = 0) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength, maxLength: 3 });
const verbs = fc.uniqueArray(fc.constantFrom(...VERBS), { maxLength: VERBS.length });
const grant: fc.Arbitrary<Grant> = fc.record(
  {
    verbs,
    services: some(PATTERNS, 1),
    tools: some(PATTERNS, 1),
    except: fc.record({ services: some(PATTERNS), tools: some(PATTERNS) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['verbs', 'services', 'tools'] },
);
const grants = fc.array(grant, { maxLength: 4 });
const door: fc.Arbitrary<Door> = fc.constantFrom('http', 'mcp', 'stdio', 'metrics', 'embedded', 'boot');
const target = fc.record({ namespace: fc.constantFrom(...NAMES), item: fc.constantFrom(...NAMES) });

/** The reference: a slow matcher and one rule after another. */
const matches = (patterns: readonly string[] = [], text: string): boolean =>
  patterns.some((pattern) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replaceAll('.', '\\.'))
        .join('.*')}$`,
    ).test(text),
  );
const MODEL: readonly Verb[] = ['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets'];
const maskOf = (at: Door): readonly Verb[] =>
  at === 'metrics' ? ['read'] : at === 'mcp' || at === 'stdio' ? MODEL : VERBS;
const has = (all: readonly Grant[], verb: Verb, namespace: string, item?: string): boolean =>
  all.some(
    (each) =>
      each.verbs.includes(verb) &&
      matches(each.services, namespace) &&
      !matches(each.except?.services, namespace) &&
      (item === undefined || (matches(each.tools, item) && !matches(each.except?.tools, item))),
  );

test('decide agrees with the definition of grants for every verb, door, service and item', () => {
  fc.assert(
    fc.property(grants, door, target, fc.constantFrom(...VERBS), (all, at, { namespace, item }, verb) => {
      const caller = { door: at, grants: all };
      const isIn = (each: Verb): boolean => maskOf(at).includes(each) && has(all, each, namespace, item);
      const expected = verb === 'call' ? isIn('read') && isIn('call') : isIn(verb);
      expect(decide(caller, { verb, target: { namespace, item } }).isAllowed).toBe(expected);
      expect(allowsOn(caller, verb, namespace, item)).toBe(expected);
      expect(knowsOf(caller, namespace, item)).toBe(VERBS.some(isIn));
      expect(hasVerb(caller, verb)).toBe(maskOf(at).includes(verb) && all.some((each) => each.verbs.includes(verb)));
    }),
    { numRuns: 2_000 },
  );
});

test('a refusal is invisible exactly when no grant covers the service and the item', () => {
  fc.assert(
    fc.property(grants, door, target, fc.constantFrom(...VERBS), (all, at, { namespace, item }, verb) => {
      const verdict = decide({ door: at, grants: all }, { verb, target: { namespace, item } });
      if (verdict.isAllowed) return;
      expect(verdict.isVisible).toBe(
        VERBS.some((each) => maskOf(at).includes(each) && has(all, each, namespace, item)),
      );
    }),
  );
});

test('an exception, a door of models and a removed grant never allow more', () => {
  fc.assert(
    fc.property(grants, grant, target, fc.constantFrom(...VERBS), some(PATTERNS, 1), (all, one, at, verb, except) => {
      const allows = (given: readonly Grant[], where: Door = 'http'): boolean =>
        decide({ door: where, grants: given }, { verb, target: at }).isAllowed;
      const more = [...all, one];
      const narrow = { ...one, except: { ...one.except, tools: [...(one.except?.tools ?? []), ...except] } };
      for (const less of [allows(all), allows([...all, narrow]), allows(more, 'mcp'), allows(more, 'metrics')])
        if (less) expect(allows(more)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test('an act on everything needs a grant without a scope', () => {
  const everything = (...given: readonly Grant[]): boolean =>
    decide({ door: 'http', grants: given }, { verb: 'inspect', target: 'everything' }).isAllowed;
  expect(everything(grantOf('inspect'))).toBe(true);
  expect(everything({ ...grantOf('inspect'), services: ['docs'] })).toBe(false);
  expect(everything({ ...grantOf('inspect'), except: { services: ['docs'] } })).toBe(false);
});

test('callers with the same key get the same decisions', () => {
  fc.assert(
    fc.property(
      grants,
      fc.option(grants, { freq: 1 }),
      door,
      door,
      target,
      fc.constantFrom(...VERBS),
      (a, b, at, where, to, verb) => {
        const [one, other] = [
          { door: at, grants: a },
          { door: where, grants: b ?? a },
        ];
        if (accessKey(one) !== accessKey(other)) return;
        expect(decide(one, { verb, target: to })).toEqual(decide(other, { verb, target: to }));
      },
    ),
    { numRuns: 2_000 },
  );
  const reordered = [grantOf('read', 'call'), { ...grantOf('read'), services: ['b', 'a'] }];
  expect(accessKey({ door: 'mcp', grants: reordered })).toBe(
    accessKey({ door: 'stdio', grants: [{ ...grantOf('read'), services: ['a', 'b'] }, grantOf('call', 'read')] }),
  );
});

test('limits of a call are those of its grant, and none if a grant without limits allows it', () => {
  const limited: Grant = { ...grantOf('read', 'call'), services: ['docs'], limits: { perMinute: 60 } };
  expect(callLimitsOf({ grants: [limited] }, 'docs', 'search')).toEqual({ perMinute: 60 });
  expect(callLimitsOf({ grants: [limited] }, 'other', 'search')).toBeUndefined();
  expect(callLimitsOf({ grants: [limited, grantOf('read', 'call')] }, 'docs', 'search')).toBeUndefined();
});

test('a decision with 64 patterns takes at most 5 µs on average', () => {
  const patterns = Array.from({ length: 64 }, (_, i) => `service_${String(i)}*end*`);
  const caller = {
    door: 'mcp' as const,
    grants: [{ ...grantOf('read', 'call'), services: patterns, tools: patterns }],
  };
  const one = (): number => {
    const start = performance.now();
    for (let i = 0; i < 20_000; i += 1) allowsOn(caller, 'call', 'service_63_x_end', 'service_63_y_end');
    return (performance.now() - start) / 20;
  };
  one();
  // The best of several runs: other programs use the same processors.
  expect(Math.min(...Array.from({ length: 10 }, one))).toBeLessThan(5);
});
