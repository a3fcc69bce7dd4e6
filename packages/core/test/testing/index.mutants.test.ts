import { describe, expect, test } from '@jest/globals';
import type { TestKit } from '@clarity-runtime/core/testing';
import { failedLaws } from '../support/collected-tests.ts';
import { SUITES } from '../support/mutant-suites.ts';
import { MUTANTS } from '../support/mutants.ts';
import { PORT_MUTANTS } from '../support/port-mutants.ts';
import { PORT_SUITES } from '../support/port-suites.ts';

const suites = { ...SUITES, ...PORT_SUITES };
const allMutants = { ...MUTANTS, ...PORT_MUTANTS };

interface Suite {
  readonly name: string;
  /** Declares the laws over a mutant; over the adapter itself when absent. */
  readonly declare: (kit: TestKit, fault?: string) => void;
  readonly faults: readonly string[];
}

const suiteOf = (name: keyof typeof suites): Suite => {
  const declare = suites[name] as (kit: TestKit, mutant: unknown) => void;
  const mutants: Readonly<Record<string, unknown>> = allMutants[name];
  const none = (): object => ({});
  return {
    name,
    declare: (kit, fault) => {
      declare(kit, fault === undefined ? none : mutants[fault]);
    },
    faults: Object.keys(mutants),
  };
};

describe.each((Object.keys(suites) as (keyof typeof suites)[]).map(suiteOf))(
  'T-396 the contract suite of $name',
  ({ declare, faults }) => {
    test('accepts the adapter in memory', async () => {
      expect(await failedLaws(declare)).toEqual([]);
    });
    test.each(faults)('rejects a broken adapter: %s', async (fault) => {
      const failed = await failedLaws((kit) => {
        declare(kit, fault);
      }, 1);
      expect(failed.length).toBeGreaterThan(0);
    });
  },
);
