import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readText, root, workspaceFiles } from '../house/workspace-files.ts';

interface Config {
  readonly 'changelog-sections': readonly { readonly type: string }[];
  readonly 'bump-minor-pre-major': boolean;
  readonly plugins: readonly { readonly type: string; readonly components?: readonly string[] }[];
  readonly packages: Readonly<Record<string, PackageConfig>>;
}

interface PackageConfig {
  readonly 'package-name': string;
  readonly component: string;
  readonly versioning?: string;
  readonly 'extra-files'?: readonly (string | { readonly path: string; readonly jsonpath: string })[];
}

const config = async (): Promise<Config> => JSON.parse(await readText('.release-please-config.json')) as Config;

test('[release.prefixes] [release.breaking] the title of a commit decides the next version', async () => {
  const { 'changelog-sections': sections, packages, ...rest } = await config();
  const types = sections.map(({ type }) => type);
  expect(types).toEqual(expect.arrayContaining(['feat', 'fix', 'chore', 'docs', 'refactor']));
  // The default strategy reads `feat`, `fix` and BREAKING CHANGE. Before 1.0 a breaking change is a minor version.
  expect(rest['bump-minor-pre-major']).toBe(true);
  expect(Object.values(packages).map(({ versioning }) => versioning)).toEqual(
    Object.keys(packages).map(() => undefined),
  );
});

test('release-please moves every package, lerna.json and the constant of the runtime to one version', async () => {
  const { packages, plugins } = await config();
  const folders = (await workspaceFiles()).filter((path) => /^packages\/[^/]+\/package\.json$/.test(path));
  const { version } = JSON.parse(await readText('lerna.json')) as { version: string };
  expect(Object.keys(packages).sort()).toEqual(
    ['.', ...folders.map((path) => path.replace('/package.json', ''))].sort(),
  );
  for (const [folder, { 'package-name': name }] of Object.entries(packages))
    expect(JSON.parse(await readText(join(folder, 'package.json')))).toMatchObject({ name, version });
  expect(JSON.parse(await readText('.release-please-manifest.json'))).toEqual(
    Object.fromEntries(Object.keys(packages).map((path) => [path, version])),
  );
  const linked = plugins.find(({ type }) => type === 'linked-versions')?.components;
  expect([...(linked ?? [])].sort()).toEqual(
    Object.values(packages)
      .map(({ component }) => component)
      .sort(),
  );
  expect(plugins.map(({ type }) => type)).toContain('node-workspace');
  for (const extra of packages['.']?.['extra-files'] ?? []) {
    const path = typeof extra === 'string' ? extra : extra.path;
    const marked =
      typeof extra === 'string'
        ? /^.*x-release-please-version$/m.exec(await readText(path))?.[0]
        : await readText(path);
    expect([path, marked]).toEqual([path, expect.stringContaining(version)]);
  }
});

test('set-repository names the repository and the folder of each package, and keeps everything else', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'clarity-'));
  try {
    for (const room of ['core', 'cli']) {
      await mkdir(join(copy, 'packages', room), { recursive: true });
      await writeFile(join(copy, 'packages', room, 'package.json'), await readText(`packages/${room}/package.json`));
    }
    const script = join(root, 'scripts/github/set-repository.mjs');
    expect(spawnSync(process.execPath, [script, 'owner/name; rm -rf', copy]).status).toBe(2);
    expect(spawnSync(process.execPath, [script, 'owner/name', copy]).status).toBe(0);
    for (const room of ['core', 'cli']) {
      expect(JSON.parse(await readFile(join(copy, 'packages', room, 'package.json'), 'utf8'))).toEqual({
        ...(JSON.parse(await readText(`packages/${room}/package.json`)) as object),
        repository: { type: 'git', url: 'git+https://github.com/owner/name.git', directory: `packages/${room}` },
        homepage: 'https://github.com/owner/name#readme',
        bugs: { url: 'https://github.com/owner/name/issues' },
      });
    }
  } finally {
    await rm(copy, { recursive: true });
  }
});

test('the release names the repository before it packs and publishes, which the provenance needs', async () => {
  const release = await readText('.github/workflows/release.yml');
  const order = ['set-repository.mjs', 'pack.mjs release', 'set-repository.mjs', 'commit --quiet', 'lerna publish'];
  let at = 0;
  for (const step of order) {
    at = release.indexOf(step, at + 1);
    expect([step, at > 0]).toEqual([step, true]);
  }
});
