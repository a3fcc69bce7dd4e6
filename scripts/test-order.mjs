import Sequencer from '@jest/test-sequencer';

/** Suites that take long although their files are short: they start processes, or run contracts and properties. */
const LONG = /[\\/]test[\\/](?:e2e|integration|composition|programs)[\\/]|\.(?:contract|property)\.test\.ts$/;

/**
 * Order of the suites. Without durations of an earlier run, as in a clean clone, jest starts the largest files first. Then a
 * short file that runs for half a minute may be the last one, while the other workers are idle.
 */
export default class TestOrder extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ duration, path }) => duration === undefined && LONG.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
