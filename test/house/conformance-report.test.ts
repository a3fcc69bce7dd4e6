import { expect, test } from '@jest/globals';
import { outcomeOf, scenarioOutcome } from '../../tools/conformance/report.ts';
import { readText } from './workspace-files.ts';

const PRINTED = `
✗ not-in-the-summary
=== SUMMARY ===
✓ ping: 2 passed, 0 failed
✗ tools-list: 1 passed, 2 failed
✗ thrown: 0 passed, 0 failed
✗ tasks-lifecycle: 1 passed, 8 failed
✓ json-schema: 8 passed, 0 failed

Total: 12 passed, 10 failed

Not scored for 2026-07-28: 2 scenario(s) run, 1 failing. These do not affect conformance.
  ✗ tasks-lifecycle (extension)
  ✓ json-schema (pending)
`;

test('the report counts the results of the suite without undeclared extensions', () => {
  expect(outcomeOf(PRINTED)).toEqual({ passed: 11, failed: 2, broken: ['tools-list', 'thrown'] });
  expect(outcomeOf('it crashed')).toEqual({ passed: 0, failed: 0, broken: [] });
});

test('the report counts the checks of one scenario, and a scenario without a result is broken', () => {
  expect(scenarioOutcome('x', 'Test Results:\nPassed: 4/5, 1 failed, 0 warnings\n')).toEqual({
    passed: 4,
    failed: 1,
    broken: ['x'],
  });
  expect(scenarioOutcome('x', 'Passed: 0/0, 0 failed, 0 warnings')).toEqual({ passed: 0, failed: 0, broken: [] });
  expect(scenarioOutcome('x', 'it crashed').broken).toEqual(['x']);
});

test('the suite is a step of .ci/run, is installed from its lock file, and allows no failure', async () => {
  expect(await readText('.ci/run')).toContain('\nstep conformance npm run conformance\n');
  const { scripts } = JSON.parse(await readText('package.json')) as { scripts: Record<string, string> };
  expect(scripts['conformance']).toMatch(
    /npm ci --prefix tools\/conformance --loglevel error && .* tools\/conformance\/run\.ts$/,
  );
  expect(await readText('tools/conformance/suite.ts')).not.toContain('expected-failures');
  expect(await readText('tools/conformance/package-lock.json')).not.toContain('"resolved"');
});
