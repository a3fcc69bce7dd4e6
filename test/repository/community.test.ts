import { expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { readText, workspaceFiles } from '../house/workspace-files.ts';

test('[ci.dependabot] dependencies, actions and images are updated every week', async () => {
  const { version, updates } = parse(await readText('.github/dependabot.yml')) as {
    version: number;
    updates: { 'package-ecosystem': string; directory: string; schedule: { interval: string } }[];
  };
  expect(version).toBe(2);
  const files = await workspaceFiles();
  for (const { directory, schedule } of updates) {
    expect(schedule.interval).toBe('weekly');
    expect(files.some((path) => `/${path}`.startsWith(directory))).toBe(true);
  }
  expect(updates.map((one) => one['package-ecosystem'])).toEqual(
    expect.arrayContaining(['npm', 'github-actions', 'docker']),
  );
});

test('[ci.codeowners] every rule of CODEOWNERS names an owner and a path that exists', async () => {
  const files = await workspaceFiles();
  const rules = (await readText('.github/CODEOWNERS'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(rules.length).toBeGreaterThan(1);
  for (const rule of rules) {
    const [pattern = '', ...owners] = rule.split(/\s+/);
    expect([rule, owners.length > 0 && owners.every((owner) => owner.startsWith('@'))]).toEqual([rule, true]);
    expect([rule, pattern === '*' || files.some((path) => `/${path}`.startsWith(pattern))]).toEqual([rule, true]);
  }
});

test('[ci.pull-request-template] [contributing.rationale] a pull request says what changes and why', async () => {
  const template = await readText('.github/pull_request_template.md');
  for (const heading of ['## What changes', '## Why', '## How it was seen']) expect(template).toContain(heading);
});

test('[ci.issue-templates] every form has fields, and its labels exist', async () => {
  const labels = new Set((parse(await readText('.github/labels.yml')) as { name: string }[]).map(({ name }) => name));
  const forms = (await workspaceFiles()).filter((path) => /^\.github\/ISSUE_TEMPLATE\/(?!config).*\.yml$/.test(path));
  expect(forms.length).toBeGreaterThan(1);
  for (const path of forms) {
    const form = parse(await readText(path)) as {
      name: string;
      description: string;
      labels: string[];
      body: { id?: string }[];
    };
    expect([form.name, form.description]).toEqual([expect.any(String), expect.any(String)]);
    expect(form.body.filter(({ id }) => id !== undefined).length).toBeGreaterThan(1);
    for (const label of form.labels) expect(labels).toContain(label);
  }
});

test('labels are unique, and the labeler uses labels that exist and folders that exist', async () => {
  const labels = parse(await readText('.github/labels.yml')) as { name: string; color: string; description: string }[];
  expect(new Set(labels.map(({ name }) => name)).size).toBe(labels.length);
  for (const { color } of labels) expect(color).toMatch(/^[0-9a-f]{6}$/);
  const names = labels.map(({ name }) => name);
  const files = await workspaceFiles();
  const rules = parse(await readText('.github/labeler.yml')) as Record<string, unknown>;
  expect(names).toEqual(expect.arrayContaining(Object.keys(rules)));
  for (const [, folder] of JSON.stringify(rules).matchAll(/"(packages\/[a-z-]+)/g))
    expect([folder, files.some((path) => path.startsWith(folder ?? '?'))]).toEqual([folder, true]);
});

test('the image is built from the lockfile, runs as a user without rights and reports its health', async () => {
  const dockerfile = await readText('Dockerfile');
  const problems = validate(dockerfile);
  expect(problems.map(({ message, range }) => `${String(range.start.line + 1)}: ${JSON.stringify(message)}`)).toEqual(
    [],
  );
  expect(dockerfile).toContain('npm ci');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  expect(dockerfile).toMatch(/^ENTRYPOINT \["clarityd"\]$/m);
  // The two volumes keep the state and the user key when the container is replaced; nothing else is written.
  expect(dockerfile).toMatch(/^VOLUME \["\/data", "\/config"\]$/m);
  expect(dockerfile).toMatch(/^WORKDIR \/data$/m);
  expect(dockerfile).toContain('XDG_CONFIG_HOME=/config');
  expect(dockerfile).toContain('XDG_STATE_HOME=/config/state');
  const guide = await readText('docs/guides/docker.md');
  for (const part of ['--read-only', ':/data', ':/config', 'CLARITYD_TRUST_WORKSPACE']) expect(guide).toContain(part);
  for (const [, base = ''] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(base).toMatch(/^node:\d+-\w+-slim$/);
});

test('the documents of the community exist and are linked', async () => {
  const readme = await readText('README.md');
  for (const name of ['CONTRIBUTING.md', 'CODE_OF_CONDUCT.md', 'SECURITY.md', 'CHANGELOG.md']) {
    expect((await readText(name)).length).toBeGreaterThan(500);
    expect(readme).toContain(`](${name})`);
  }
});
