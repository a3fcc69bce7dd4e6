import { toBool, type ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';

const TOLERANCE = 1e-9;

const isNear = (actual: number, expected: number): boolean =>
  Object.is(actual, expected) || actual === expected || Math.abs(actual - expected) <= TOLERANCE;

const truth =
  (assertion: string, wanted: boolean) =>
  ({ options }: GuestContext) =>
  (condition: number) => {
    const actual = condition !== 0;
    options.assertion?.({
      assertion,
      holds: toBool(actual) === toBool(wanted),
      expected: shownBool(wanted),
      actual: shownBool(actual),
    });
  };

const shownBool = (value: boolean): string => (value ? 'True' : 'False');

/** Reports a comparison and continues: one test can report several failures. */
export const TEST_IMPORTS: ImportGroup = {
  assert_eq:
    ({ options }) =>
    (actual: bigint, expected: bigint) => {
      const holds = actual === expected;
      options.assertion?.({ assertion: 'assert_eq', holds, expected: String(expected), actual: String(actual) });
    },
  assert_eq_float:
    ({ options }) =>
    (actual: number, expected: number) => {
      const holds = isNear(actual, expected);
      options.assertion?.({ assertion: 'assert_eq_float', holds, expected: String(expected), actual: String(actual) });
    },
  assert_eq_string:
    ({ options, texts }) =>
    (left: number, right: number) => {
      const [actual, expected] = [texts.read(left), texts.read(right)];
      const [shownExpected, shownActual] = [JSON.stringify(expected), JSON.stringify(actual)];
      const holds = actual === expected;
      options.assertion?.({ assertion: 'assert_eq_string', holds, expected: shownExpected, actual: shownActual });
    },
  assert_true: truth('assert_true', true),
  assert_false: truth('assert_false', false),
};
