import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from '@jest/globals';
import { root } from '../house/workspace-files.ts';

const program = join(root, 'scripts/github/check-names.mjs');
const check = (kind: string, name: string) => spawnSync(process.execPath, [program, kind, name], { encoding: 'utf8' });

test.each([
  ['[branch.result]', 'result/call-tools-from-the-terminal'],
  ['[branch.hotfix]', 'hotfix/stop-the-restart-loop'],
  ['[branch.codex]', 'codex/import-2'],
  ['[branch.dependabot]', 'dependabot/npm_and_yarn/types/node-24.1.0'],
  ['releases', 'release-please--branches--main'],
])('%s accepts the branch %s', (_promise, name) => {
  expect(check('branch', name)).toMatchObject({ status: 0, stderr: '' });
});

test.each([
  'feature/x',
  'result/',
  'result/Some-Thing',
  'result/a--b',
  'result/a b',
  'result/a/b',
  'main',
  '',
  'xresult/a',
])('[branch.checked] the branch %j fails with the rule', (name) => {
  const { status, stderr } = check('branch', name);
  expect(status).toBe(1);
  expect(stderr).toContain('result/<outcome>');
});

test.each(['feat: x', 'fix(gateway): x', 'chore!: x', 'docs: x', 'refactor(core): x'])(
  'the title %j is accepted',
  (title) => {
    expect(check('title', title).status).toBe(0);
  },
);

test.each(['Add x', 'feat x', 'feat:', 'feat(A B): x', 'feature: x'])('the title %j fails with the rule', (title) => {
  const { status, stderr } = check('title', title);
  expect([status, stderr.includes('feat:')]).toEqual([1, true]);
});

test('a release tag is the version of lerna.json', () => {
  expect(check('tag', 'v9.9.9').status).toBe(1);
  expect(check('tag', /is (v\S+)/.exec(check('tag', 'v9.9.9').stderr)?.[1] ?? '').status).toBe(0);
});

test('an unknown kind of name prints the usage', () => {
  const { status, stderr } = check('toString', 'x');
  expect([status, stderr.startsWith('usage')]).toEqual([2, true]);
});

test('the branch protection script prints its usage', () => {
  const script = join(root, 'scripts/github/apply-branch-protection.sh');
  expect(execFileSync('bash', [script, '--help'], { encoding: 'utf8' })).toContain('--restrict-push');
});
