import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from './workspace-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clarity-ci-'));
  await mkdir(join(folder, '.ci'));
  await mkdir(join(folder, 'bin'));
  await copyFile(join(root, '.ci/run'), join(folder, '.ci/run'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Runs the script with a fake npm that fails the given steps and writes the given report of the tests. */
async function ci(
  failing: readonly string[],
  report: object | undefined,
): Promise<{ last: string; status: number | null }> {
  const npm = [
    '#!/usr/bin/env bash',
    `case " ${failing.join(' ')} " in *" \${*: -1} "*) exit 1;; esac`,
    report === undefined
      ? ''
      : `for word in "$@"; do case $word in --outputFile=*) echo '${JSON.stringify(report)}' > "\${word#*=}";; esac; done`,
    'exit 0',
  ];
  await writeFile(join(folder, 'bin/npm'), npm.join('\n'));
  await chmod(join(folder, 'bin/npm'), 0o755);
  const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { stdout, status } = spawnSync('bash', [join(folder, '.ci/run')], {
    env: { PATH },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { last: stdout.trimEnd().split('\n').at(-1) ?? '', status };
}

const green = { numPassedTests: 7, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

test.each([
  ['everything passes', [], green, '7 passed, 0 failed', 0],
  ['a test fails', [], { ...green, numFailedTests: 2 }, '7 passed, 2 failed', 1],
  ['a suite cannot run', [], { ...green, numRuntimeErrorTestSuites: 1 }, '7 passed, 1 failed', 1],
  ['the report is missing', [], undefined, '0 passed, 1 failed', 1],
  ['the report counts 0 tests', [], { ...green, numPassedTests: 0 }, '0 passed, 0 failed', 1],
  ['only the linter fails', ['lint'], green, '7 passed, 0 failed', 1],
  ['only the conformance suite fails', ['conformance'], green, '7 passed, 0 failed', 1],
  ['only the installed packages fail', ['test:packed'], green, '7 passed, 0 failed', 1],
  ['only the structure check fails', ['house'], green, '7 passed, 0 failed', 1],
  ['the installation fails', ['ci'], green, '7 passed, 0 failed', 1],
])('.ci/run prints the counts and sets the exit code when %s', async (_, failing, report, last, status) => {
  expect(await ci(failing, report)).toEqual({ last, status });
});
