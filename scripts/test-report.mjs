// Reads JSON reports of jest.
//   failed <report>            prints the paths of the suites that failed or could not run
//   count <report> [<again>]   prints `N passed, N failed`; the suites of the second report replace those of the first
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [verb, first, second] = process.argv.slice(2);

const suitesOf = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch {
    return [];
  }
};
const isFailed = ({ status, assertionResults }) =>
  status === 'failed' || assertionResults.some((one) => one.status === 'failed');

if (verb === 'failed') {
  for (const suite of suitesOf(first)) if (isFailed(suite)) console.log(suite.name);
} else {
  const suites = new Map(suitesOf(first).map((suite) => [suite.name, suite]));
  for (const suite of second === undefined ? [] : suitesOf(second)) suites.set(suite.name, suite);
  let passed = 0;
  // A missing report counts as one failure, and so does a suite that could not run.
  let failed = suites.size === 0 ? 1 : 0;
  for (const suite of suites.values()) {
    const failures = suite.assertionResults.filter((one) => one.status === 'failed').length;
    passed += suite.assertionResults.filter((one) => one.status === 'passed').length;
    failed += isFailed(suite) ? Math.max(1, failures) : 0;
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
