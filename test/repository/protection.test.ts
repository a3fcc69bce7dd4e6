import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { root } from '../house/workspace-files.ts';

const script = join(root, 'scripts/github/apply-branch-protection.sh');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clarity-gh-'));
  const gh =
    '#!/bin/sh\nprintf "%s\\n" "$*" >>"$GH_LOG"\ncat >>"$GH_LOG"\nprintf "\\n" >>"$GH_LOG"\nexit "${GH_EXIT:-0}"\n';
  await writeFile(join(folder, 'gh'), gh);
  await chmod(join(folder, 'gh'), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the script with a `gh` that writes its arguments and its input to a file. */
async function apply(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const log = join(folder, `${String(argv.length)}-${String(Math.random())}.log`);
  await writeFile(log, '');
  const { status, stdout, stderr } = spawnSync('bash', [script, ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env, GH_LOG: log, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` },
  });
  return { status, stdout, stderr, sent: await readFile(log, 'utf8') };
}

interface Protection {
  readonly required_status_checks: { readonly strict: boolean };
  readonly required_pull_request_reviews: Readonly<Record<string, unknown>>;
  readonly [name: string]: unknown;
}

const protectionOf = (stdout: string): Protection =>
  JSON.parse(/^PUT \S+\n(\{[\s\S]*\})/m.exec(stdout)?.[1] ?? '') as Protection;

test('[github.script] both requests go to the repository that is named', async () => {
  const { status, sent, stdout } = await apply(['some-owner', 'some.repo']);
  expect(status).toBe(0);
  expect(sent).toMatch(/--method PATCH .*repos\/some-owner\/some\.repo$/m);
  expect(sent).toMatch(/--method PUT .*repos\/some-owner\/some\.repo\/branches\/main\/protection$/m);
  expect(stdout.match(/^applied: /gm)).toHaveLength(2);
});

test('a dry run prints the requests and sends none', async () => {
  const { status, sent, stdout } = await apply(['o', 'r', '--dry-run']);
  expect([status, sent]).toEqual([0, '']);
  expect(stdout).toContain('PUT repos/o/r/branches/main/protection');
});

test('[github.pull-requests] [github.up-to-date] [github.linear-history] the baseline protects main', async () => {
  const protection = protectionOf((await apply(['o', 'r', '--dry-run'])).stdout);
  expect(protection).toMatchObject({
    required_status_checks: { strict: true },
    required_pull_request_reviews: { require_code_owner_reviews: false, required_approving_review_count: 0 },
    restrictions: null,
    required_linear_history: true,
    enforce_admins: true,
    allow_force_pushes: false,
    allow_deletions: false,
  });
});

test('[github.squash] merging squashes, and merge commits are off', async () => {
  const { stdout } = await apply(['o', 'r', '--dry-run']);
  const merging = JSON.parse(/^PATCH \S+\n(\{[^}]*\})/m.exec(stdout)?.[1] ?? '') as unknown;
  expect(merging).toMatchObject({ allow_squash_merge: true, allow_merge_commit: false, allow_rebase_merge: false });
});

test('[github.restrict-push] [github.owner-review] two options harden the baseline', async () => {
  const protection = protectionOf(
    (await apply(['o', 'r', '--dry-run', '--restrict-push', '--require-code-owners'])).stdout,
  );
  expect(protection['restrictions']).toEqual({ users: [], teams: [], apps: [] });
  expect(protection.required_pull_request_reviews).toMatchObject({
    require_code_owner_reviews: true,
    required_approving_review_count: 1,
  });
});

test.each([[[]], [['owner']], [['o', 'r', 'x']], [['o', 'r;rm']], [['o', 'r', '--fast']]])(
  'the arguments %j print the usage and send nothing',
  async (argv) => {
    const { status, stderr, sent } = await apply(argv);
    expect([status, sent, stderr.includes('usage:')]).toEqual([2, '', true]);
  },
);

test('a refused request ends the script with its status', async () => {
  const { status, stdout } = await apply(['o', 'r'], { GH_EXIT: '4' });
  expect(status).toBe(4);
  expect(stdout).not.toContain('applied');
});
