import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallPolicy, ServicePolicy } from '@clarity-runtime/core';
import { timeoutsOf } from '../../../src/domain/calls/call-limits.ts';
import { limitsForTool, withDefaults, policyOf, strictestOf, type Policy } from '../../../src/domain/calls/policy.ts';
import { evaluatePolicy } from '../../../src/domain/calls/policy-verdict.ts';

const TOOLS = ['a', 'b', 'c'] as const;
const tool = fc.constantFrom(...TOOLS);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const rate = fc.record({ perMinute: fc.integer({ min: 1, max: 100 }), burst: fc.integer({ min: 1, max: 50 }) });

const present = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

const bounds = fc
  .record({
    timeoutMs: maybe(fc.integer({ min: 10, max: 100 })),
    idleTimeoutMs: maybe(fc.integer({ min: 10, max: 100 })),
    maxTimeoutMs: maybe(fc.integer({ min: 10, max: 100 })),
    maxRequestBytes: maybe(fc.integer({ min: 1024, max: 2048 })),
    maxResponseBytes: maybe(fc.integer({ min: 1024, max: 2048 })),
    maxConcurrency: maybe(fc.integer({ min: 1, max: 8 })),
    queue: maybe(fc.integer({ min: 0, max: 8 })),
    rate: maybe(rate),
  })
  .map((each) => present(each) as CallPolicy);

const written: fc.Arbitrary<ServicePolicy> = fc
  .tuple(
    bounds,
    maybe(fc.uniqueArray(tool, { minLength: 1 })),
    maybe(fc.uniqueArray(tool, { minLength: 1 })),
    fc.dictionary(tool, bounds),
  )
  .map(([base, allowTools, denyTools, tools]) => present({ ...base, allowTools, denyTools, tools }) as ServicePolicy);

const policy = written.map(policyOf);
const question = fc.record({ tool, requestBytes: fc.integer({ min: 0, max: 3000 }) });

const NUMBERS = ['timeoutMs', 'idleTimeoutMs', 'maxTimeoutMs', 'maxRequestBytes', 'maxResponseBytes'] as const;

/** Checks that every limit of `a` is at least as strict in `b`. */
function expectNoLooser(b: Policy, a: Policy): void {
  for (const name of TOOLS) {
    for (const number of NUMBERS) {
      expect(limitsForTool(b, name)[number] ?? Infinity).toBeLessThanOrEqual(
        limitsForTool(a, name)[number] ?? Infinity,
      );
    }
  }
  for (const [tighter, looser] of [
    [b.base, a.base],
    ...[...a.tools].map(([name, own]) => [b.tools.get(name), own] as const),
  ] as const) {
    expect(tighter?.maxConcurrency ?? Infinity).toBeLessThanOrEqual(looser.maxConcurrency ?? Infinity);
    expect(tighter?.queue ?? Infinity).toBeLessThanOrEqual(looser.queue ?? Infinity);
    expect(tighter?.rate?.perMinute ?? Infinity).toBeLessThanOrEqual(looser.rate?.perMinute ?? Infinity);
    expect(tighter?.rate?.burst ?? Infinity).toBeLessThanOrEqual(looser.rate?.burst ?? Infinity);
  }
}

test('strictestOf admits no call that one of its policies denies', () => {
  fc.assert(
    fc.property(policy, policy, question, (a, b, asked) => {
      const both = strictestOf(a, b);
      const refused = [a, b].some((each) => evaluatePolicy(each, asked) !== undefined);
      expect(evaluatePolicy(both, asked) !== undefined).toBe(refused);
      expectNoLooser(both, a);
      expectNoLooser(both, b);
    }),
  );
});

test('strictestOf is commutative, idempotent and associative', () => {
  fc.assert(
    fc.property(policy, policy, policy, (a, b, c) => {
      expect(strictestOf(a, b)).toEqual(strictestOf(b, a));
      expect(strictestOf(a, a)).toEqual(a);
      expect(strictestOf(strictestOf(a, b), c)).toEqual(strictestOf(a, strictestOf(b, c)));
    }),
  );
});

test('strictestOf with one more policy never admits more calls', () => {
  fc.assert(
    fc.property(policy, policy, policy, (a, b, c) => {
      expectNoLooser(strictestOf(strictestOf(a, b), c), strictestOf(a, c));
    }),
  );
});

test('withDefaults sets a limit only when the policy has none', () => {
  fc.assert(
    fc.property(policy, bounds, (own, usual) => {
      const whole = withDefaults(own, usual);
      for (const name of TOOLS) {
        for (const number of NUMBERS) {
          const written = limitsForTool(own, name);
          // `idleTimeoutMs` is another name of `timeoutMs`.
          const isNamed = number === 'timeoutMs' && written.idleTimeoutMs !== undefined;
          const expected = written[number] ?? (isNamed ? undefined : usual[number]);
          expect(limitsForTool(whole, name)[number]).toBe(expected);
        }
      }
    }),
  );
});

test('M1 timeoutsOf limits the idle time by the smaller name and the total time by maxTimeoutMs', () => {
  fc.assert(
    fc.property(bounds, (each) => {
      const { timeoutMs, idleTimeoutMs, maxTimeoutMs } = each;
      const idle = [timeoutMs, idleTimeoutMs].filter((ms) => ms !== undefined);
      expect(timeoutsOf(each)).toEqual({ idleMs: idle.sort((a, b) => a - b)[0] ?? 0, totalMs: maxTimeoutMs ?? 0 });
    }),
  );
});
