import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { networkCheck } from '../../src/daemon/network-watch.ts';

const CHECK_MS = 5_000;

function machine(addresses: readonly string[] = ['10.0.0.2/24']) {
  const state = { addresses, now: 0, reasons: [] as string[] };
  const check = networkCheck({
    onChange: (reason) => state.reasons.push(reason),
    addresses: () => state.addresses,
    now: () => state.now,
  });
  const after = (ms: number, next?: readonly string[]): readonly string[] => {
    state.now += ms;
    if (next !== undefined) state.addresses = next;
    check();
    return state.reasons;
  };
  return after;
}

test('a change of addresses is reported once, when the addresses are the same twice', () => {
  const after = machine();
  expect(after(CHECK_MS)).toEqual([]);
  expect(after(CHECK_MS, [])).toEqual([]);
  expect(after(CHECK_MS, ['10.1.0.7/24'])).toEqual([]);
  expect(after(CHECK_MS, ['10.1.0.7/24', 'fd00::2/64'])).toEqual([]);
  expect(after(CHECK_MS)).toEqual(['the addresses of the machine changed']);
  expect(after(CHECK_MS)).toHaveLength(1);
});

test('a check that is more than 20 s late reports a sleep once', () => {
  const after = machine();
  expect(after(60_000)).toEqual(['the machine was asleep']);
  expect(after(CHECK_MS)).toHaveLength(1);
  expect(after(19_000)).toHaveLength(1);
});

test('a sleep with a change of addresses is one report', () => {
  const after = machine();
  expect(after(3_600_000, ['192.168.7.3/24'])).toEqual([]);
  expect(after(CHECK_MS)).toEqual(['the addresses of the machine changed']);
  expect(after(CHECK_MS)).toHaveLength(1);
});

test('a machine reports at most once per change of its addresses or sleep', () => {
  const steps = fc.array(
    fc.record({ late: fc.boolean(), next: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (given) => {
      const after = machine(['a']);
      let causes = 0;
      let current = 'a';
      let reasons: readonly string[] = [];
      for (const { late, next } of given) {
        if (late) causes += 1;
        if (next !== undefined && next !== current) causes += 1;
        current = next ?? current;
        reasons = after(late ? 60_000 : CHECK_MS, next === undefined ? undefined : [next]);
      }
      expect(reasons.length).toBeLessThanOrEqual(causes);
    }),
  );
});
