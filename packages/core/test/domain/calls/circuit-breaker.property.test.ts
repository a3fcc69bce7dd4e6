import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CircuitBreaker,
  type CallSample,
  type CircuitBreakerOptions,
  type CircuitPermit,
} from '../../../src/domain/calls/circuit-breaker.ts';

const rules: fc.Arbitrary<CircuitBreakerOptions> = fc.record({
  windowMs: fc.integer({ min: 10, max: 2_000 }),
  minCalls: fc.integer({ min: 1, max: 6 }),
  errorRate: fc.constantFrom(0.01, 0.25, 0.5, 0.6, 1),
  coolDown: fc
    .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 2_000 }))
    .map(([firstMs, more]) => ({ firstMs, longestMs: firstMs + more })),
  probes: fc.integer({ min: 1, max: 3 }),
  maxOpenings: fc.integer({ min: 1, max: 5 }),
});

const step = fc.record({
  what: fc.constantFrom('call', 'call', 'settle', 'settle', 'wait'),
  verdict: fc.constantFrom<CallSample[]>('well', 'failed', 'failed', 'neither'),
  /** Index of the call that settles, modulo the count of calls in progress. */
  which: fc.nat(20),
  ms: fc.integer({ min: 0, max: 700 }),
});
const steps = fc.array(step, { maxLength: 120 });
const chance = fc.constantFrom(0, 0.5, 0.999);

interface Step {
  readonly what: string;
  readonly verdict: CallSample;
  readonly which: number;
  readonly ms: number;
}

interface Run {
  readonly circuit: CircuitBreaker;
  now: number;
  readonly inside: CircuitPermit[];
}

/** Runs the steps and reports the effect of each step to `seen`. */
function play(
  rule: CircuitBreakerOptions,
  { taken, fraction }: { taken: readonly Step[]; fraction: number },
  seen: (run: Run, did: { admitted?: boolean; settled?: CallSample }) => void,
): Run {
  const run: Run = { circuit: new CircuitBreaker(rule, () => fraction), now: 0, inside: [] };
  for (const { what, verdict, which, ms } of taken) {
    if (what === 'wait') run.now += ms;
    if (what === 'call') {
      const pass = run.circuit.admit(run.now);
      if (pass !== undefined) run.inside.push(pass);
      seen(run, { admitted: pass !== undefined });
      continue;
    }
    const [pass] = what === 'settle' ? run.inside.splice(which % Math.max(1, run.inside.length), 1) : [];
    if (pass === undefined) seen(run, {});
    else {
      run.circuit.settle(pass, verdict, run.now);
      seen(run, { settled: verdict });
    }
  }
  return run;
}

test('CircuitBreaker stays closed for any number of calls with the outcome neither', () => {
  fc.assert(
    fc.property(rules, steps, chance, (rule, taken, fraction) => {
      const innocent = taken.map((each) => ({
        ...each,
        verdict: each.verdict === 'failed' ? 'neither' : each.verdict,
      }));
      play(rule, { taken: innocent, fraction }, ({ circuit }, { admitted }) => {
        expect(circuit.state).toBe('closed');
        expect(admitted).not.toBe(false);
      });
    }),
  );
});

test('CircuitBreaker opens exactly when a separate count of the window reaches minCalls and errorRate', () => {
  fc.assert(
    fc.property(rules, fc.array(step, { maxLength: 60 }), (rule, taken) => {
      const circuit = new CircuitBreaker(rule, () => 0);
      const slot = rule.windowMs / 10;
      const history: { failed: boolean; at: number }[] = [];
      let now = 0;
      for (const { verdict, ms } of taken) {
        now += ms % (rule.windowMs * 2);
        const pass = circuit.admit(now);
        if (pass === undefined) throw new Error('it was closed');
        circuit.settle(pass, verdict, now);
        if (verdict !== 'neither') history.push({ failed: verdict === 'failed', at: now });
        const young = history.filter(({ at }) => Math.floor(at / slot) > Math.floor(now / slot) - 10);
        const failures = young.filter(({ failed }) => failed).length;
        const isDue = young.length >= rule.minCalls && failures >= rule.errorRate * young.length;
        expect(circuit.state === 'closed').toBe(!(verdict === 'failed' && isDue));
        if (circuit.state !== 'closed') return;
      }
    }),
    { numRuns: 300 },
  );
});

test('CircuitBreaker admits a call between half of the delay and its ceiling when it is open', () => {
  fc.assert(
    fc.property(rules, steps, chance, (rule, taken, fraction) => {
      let opened: { at: number; openings: number } | undefined;
      const run = play(rule, { taken, fraction }, ({ circuit, now }, { admitted }) => {
        if (circuit.state === 'open') {
          if (opened?.openings !== circuit.openings) opened = { at: now, openings: circuit.openings };
          const full = Math.min(rule.coolDown.longestMs, rule.coolDown.firstMs * 2 ** (circuit.openings - 1));
          expect(circuit.retryAt - opened.at).toBeGreaterThanOrEqual(Math.floor(full / 2));
          expect(circuit.retryAt - opened.at).toBeLessThanOrEqual(rule.coolDown.longestMs);
          expect(admitted).not.toBe(true);
        } else opened = undefined;
      });
      // Calls that never settle: the next call is admitted after the ceiling, unless the state is `held`.
      const pass = run.circuit.admit(run.now + rule.coolDown.longestMs);
      expect(pass === undefined).toBe(run.circuit.state === 'held');
    }),
    { numRuns: 300 },
  );
});

test('CircuitBreaker admits at most the probes when half open; one failure opens, all successes close it', () => {
  fc.assert(
    fc.property(rules, steps, chance, (rule, taken, fraction) => {
      let before = { state: 'closed', openings: 0 };
      let [inside, well] = [0, 0];
      play(rule, { taken, fraction }, ({ circuit }, { admitted, settled }) => {
        const { state, openings } = circuit;
        if (state === 'half_open' && before.state !== 'half_open') [inside, well] = [0, 0];
        if (state === 'half_open') {
          if (admitted === true) inside += 1;
          expect(openings).toBe(before.openings);
        }
        if (before.state === 'half_open' && state === 'closed') {
          expect(settled).toBe('well');
          expect(well + 1).toBeGreaterThanOrEqual(rule.probes);
        }
        if (before.state === 'half_open' && settled === 'well') well += 1;
        if (before.state === 'half_open' && (state === 'open' || state === 'held')) {
          expect(settled).toBe('failed');
          expect(openings).toBe(before.openings + 1);
        }
        expect(state === 'held').toBe(openings === rule.maxOpenings);
        before = { state, openings };
      });
      expect(inside).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

const plain: CircuitBreakerOptions = {
  windowMs: 1_000,
  minCalls: 2,
  errorRate: 0.5,
  coolDown: { firstMs: 100, longestMs: 400 },
  probes: 2,
  maxOpenings: 3,
};

function failing(circuit: CircuitBreaker, now: number): void {
  for (let i = 0; i < 2; i += 1) {
    const pass = circuit.admit(now);
    if (pass !== undefined) circuit.settle(pass, 'failed', now);
  }
}

test('CircuitBreaker waits longer after each opening, is held after the last one, and close resets it', () => {
  const circuit = new CircuitBreaker(plain, () => 0.999_999);
  failing(circuit, 0);
  expect([circuit.state, circuit.retryAt]).toEqual(['open', 100]);
  failing(circuit, 100);
  expect([circuit.state, circuit.retryAt]).toEqual(['open', 300]);
  failing(circuit, 300);
  expect(circuit.state).toBe('held');
  expect(circuit.admit(1_000_000)).toBeUndefined();
  circuit.close();
  expect([circuit.state, circuit.openings]).toEqual(['closed', 0]);
  const pass = circuit.admit(1_000_000);
  if (pass !== undefined) circuit.settle(pass, 'failed', 1_000_000);
  expect(circuit.state).toBe('closed');
});

test('CircuitBreaker has at most the probes in progress and ignores outcomes of earlier states', () => {
  const circuit = new CircuitBreaker(plain, () => 0);
  const early = circuit.admit(0);
  failing(circuit, 0);
  const probes = [circuit.admit(400), circuit.admit(400), circuit.admit(400)];
  expect(probes.map((pass) => pass !== undefined)).toEqual([true, true, false]);
  if (early !== undefined) circuit.settle(early, 'failed', 401);
  expect(circuit.state).toBe('half_open');
  for (const pass of probes) if (pass !== undefined) circuit.settle(pass, 'well', 402);
  expect(circuit.state).toBe('closed');
});

test('retry ends the delay, and minCalls 0 disables the CircuitBreaker', () => {
  const circuit = new CircuitBreaker(plain, () => 0);
  failing(circuit, 0);
  circuit.retry(1);
  expect(circuit.admit(1)).toBeDefined();
  const off = new CircuitBreaker({ ...plain, minCalls: 0 }, () => 0);
  for (let i = 0; i < 50; i += 1) failing(off, i);
  expect(off.state).toBe('closed');
});
