import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RestartPolicy } from '../../../src/domain/services/manifest.ts';
import {
  afterStart,
  recentFailures,
  restartDecision,
  type ServiceFailure,
} from '../../../src/domain/services/restart-policy.ts';

const policy: fc.Arbitrary<RestartPolicy> = fc.record({
  mode: fc.constantFrom<RestartPolicy['mode'][]>('never', 'on-failure', 'always'),
  maxRestarts: fc.integer({ min: 0, max: 6 }),
  windowSeconds: fc.integer({ min: 1, max: 30 }),
});
const step = fc.record({
  what: fc.constantFrom('crash', 'start', 'success'),
  later: fc.integer({ min: 0, max: 12_000 }),
});

/** Counts the whole history for every decision, as a reference. */
function naive(history: readonly { what: string; at: number }[], { maxRestarts, mode, windowSeconds }: RestartPolicy) {
  const last = history.at(-1);
  if (last === undefined || mode === 'never' || maxRestarts === 0) return 'free';
  const counts = history.filter(({ what, at }, i) => {
    if (what === 'success' || last.at - at >= windowSeconds * 1000) return false;
    const clearedBy = history.slice(i).some((other) => other.what === 'success');
    return what === 'crash' || !clearedBy;
  }).length;
  return last.what === 'crash' ? (counts > maxRestarts ? 'hold' : 'free') : counts >= maxRestarts ? 'hold' : 'free';
}

test('a service is quarantined exactly when a count of its whole history reaches the limit', () => {
  fc.assert(
    fc.property(policy, fc.array(step, { maxLength: 30 }), (rule, steps) => {
      let now = 0;
      let failures: readonly ServiceFailure[] = [];
      const history: { what: string; at: number }[] = [];
      for (const { what, later } of steps) {
        now += later;
        history.push({ what, at: now });
        if (what === 'success') {
          failures = afterStart(failures);
          continue;
        }
        failures = [...recentFailures(failures, rule, now), { kind: what === 'crash' ? 'crash' : 'start', at: now }];
        const verdict = restartDecision(failures, rule, 'own');
        expect(verdict === 'hold' ? 'hold' : 'free').toBe(naive(history, rule));
        if (rule.mode === 'never' || rule.maxRestarts === 0) expect(verdict).toBe('rest');
        else expect(verdict).not.toBe('rest');
      }
    }),
    { numRuns: 500 },
  );
});

test('a failed start of a caller is repeated only when the mode is always', () => {
  const failed = [{ kind: 'start', at: 0 }] as const;
  const rule = { maxRestarts: 5, windowSeconds: 60 };
  expect(restartDecision(failed, { ...rule, mode: 'on-failure' }, 'asked')).toBe('rest');
  expect(restartDecision(failed, { ...rule, mode: 'on-failure' }, 'own')).toBe('retry');
  expect(restartDecision(failed, { ...rule, mode: 'always' }, 'asked')).toBe('retry');
});

test('maxRestarts 1 allows one restart: the second crash ends in quarantine', () => {
  const rule: RestartPolicy = { mode: 'on-failure', maxRestarts: 1, windowSeconds: 60 };
  expect(restartDecision([{ kind: 'crash', at: 0 }], rule, 'own')).toBe('retry');
  expect(
    restartDecision(
      [
        { kind: 'crash', at: 0 },
        { kind: 'crash', at: 1 },
      ],
      rule,
      'own',
    ),
  ).toBe('hold');
});
