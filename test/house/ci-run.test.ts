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
  await mkdir(join(folder, 'scripts'));
  await mkdir(join(folder, 'node_modules/jest/bin'), { recursive: true });
  for (const file of ['.ci/run', 'scripts/test-report.mjs']) await copyFile(join(root, file), join(folder, file));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Suite {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly assertionResults: readonly { readonly status: 'passed' | 'failed' }[];
}

const suite = (name: string, passed: number, failed = 0): Suite => ({
  name,
  status: failed > 0 ? 'failed' : 'passed',
  assertionResults: [
    ...Array.from({ length: passed }, () => ({ status: 'passed' as const })),
    ...Array.from({ length: failed }, () => ({ status: 'failed' as const })),
  ],
});
const broken: Suite = { name: 'broken', status: 'failed', assertionResults: [] };

interface Runs {
  /** Names of the npm scripts that fail. */
  readonly failing?: readonly string[];
  /** Suites of the whole run; undefined leaves no report. */
  readonly first?: readonly Suite[];
  /** Suites of the run of those that failed. */
  readonly second?: readonly Suite[];
}

/** A shell program that writes a report of jest to its `--outputFile` and fails as jest does. */
const reporter = (suites: readonly Suite[]): readonly string[] => [
  `for word in "$@"; do case $word in --outputFile=*) echo '${JSON.stringify({ testResults: suites })}' > "\${word#*=}"; exit ${
    suites.some(({ status }) => status === 'failed') ? '1' : '0'
  };; esac; done`,
];

/** Runs the script with a fake npm and a fake jest. */
async function ci({
  failing = [],
  first,
  second = [],
}: Runs): Promise<{ last: string; status: number | null; out: string }> {
  const npm = [
    '#!/usr/bin/env bash',
    `case " ${failing.join(' ')} " in *" \${*: -1} "*) exit 1;; esac`,
    ...(first === undefined ? [] : reporter(first)),
    'exit 0',
  ];
  await writeFile(join(folder, 'bin/npm'), npm.join('\n'));
  await chmod(join(folder, 'bin/npm'), 0o755);
  await writeFile(
    join(folder, 'node_modules/jest/bin/jest.js'),
    `const { spawnSync } = require('node:child_process');
     process.exit(spawnSync('bash', ['-c', ${JSON.stringify(reporter(second).join('\n'))}, 'jest', ...process.argv.slice(2)]).status ?? 1);`,
  );
  const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { stdout, status } = spawnSync('bash', [join(folder, '.ci/run')], {
    env: { PATH },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { last: stdout.trimEnd().split('\n').at(-1) ?? '', status, out: stdout };
}

const green = [suite('a', 3), suite('b', 4)];
const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => suite(name, 0, 1));

test.each<[string, Runs, string, number]>([
  ['everything passes', { first: green }, '7 passed, 0 failed', 0],
  [
    'a test fails twice',
    { first: [suite('a', 3, 2), suite('b', 4)], second: [suite('a', 3, 2)] },
    '7 passed, 2 failed',
    1,
  ],
  ['a suite cannot run', { first: [suite('a', 7), broken], second: [broken] }, '7 passed, 1 failed', 1],
  ['the report is missing', {}, '0 passed, 1 failed', 1],
  ['the report counts 0 tests', { first: [suite('a', 0)] }, '0 passed, 0 failed', 1],
  ['many suites fail', { first: six, second: six.map(({ name }) => suite(name, 1)) }, '0 passed, 6 failed', 1],
  ['only the linter fails', { failing: ['lint'], first: green }, '7 passed, 0 failed', 1],
  ['only the conformance suite fails', { failing: ['conformance'], first: green }, '7 passed, 0 failed', 1],
  ['only the installed packages fail', { failing: ['test:packed'], first: green }, '7 passed, 0 failed', 1],
  ['only the structure check fails', { failing: ['house'], first: green }, '7 passed, 0 failed', 1],
  ['the installation fails', { failing: ['ci'], first: green }, '7 passed, 0 failed', 1],
])('.ci/run prints the counts and sets the exit code when %s', async (_, runs, last, status) => {
  expect(await ci(runs)).toMatchObject({ last, status });
});

test('.ci/run names a suite that fails only in the whole run', async () => {
  const { last, status, out } = await ci({ first: [suite('/x/a', 3, 1), suite('b', 4)], second: [suite('/x/a', 4)] });
  expect([last, status]).toEqual(['8 passed, 0 failed', 0]);
  expect(out).toContain('unstable suites, green when run again: /x/a');
});
