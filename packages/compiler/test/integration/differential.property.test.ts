import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareOne } from '../support/differential.ts';
import { tape } from '../support/tape.ts';
import { runs } from '../../../../test/support/runs.ts';

/** Timeout far above the expected duration, in milliseconds. */
const PATIENCE = 180_000;

test(
  'a compiled program and the interpreter agree on values, errors, traps and output',
  () => {
    const seen = { value: 0, err: 0, trap: 0, 'given up': 0 };
    fc.assert(
      fc.property(tape, (choices) => {
        const { source, outcomes, differences } = compareOne(choices);
        for (const outcome of outcomes) seen[outcome] += 1;
        expect({ source, differences }).toEqual({ source, differences: [] });
      }),
      { numRuns: runs(120) },
    );
    expect(seen.value).toBeGreaterThan(100);
    expect(seen.trap).toBeGreaterThan(4);
    expect(seen.err).toBeGreaterThan(1);
    expect(seen['given up']).toBeLessThan(seen.value / 2);
  },
  PATIENCE,
);
