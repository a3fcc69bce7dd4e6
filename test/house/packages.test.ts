import { beforeAll, expect, test } from '@jest/globals';
import { VERSION } from '@clarity-runtime/core/internal';
import { readText, workspaceFiles } from './workspace-files.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: unknown;
  readonly keywords?: readonly string[];
  readonly sideEffects?: unknown;
}

let files: ReadonlySet<string>;
let manifests: readonly { folder: string; manifest: Manifest }[];

beforeAll(async () => {
  files = new Set(await workspaceFiles());
  const paths = [...files].filter((path) => /^packages\/[^/]+\/package\.json$/.test(path));
  manifests = await Promise.all(
    paths.map(async (path) => ({
      folder: path.slice(0, -'/package.json'.length),
      manifest: JSON.parse(await readText(path)) as Manifest,
    })),
  );
});

/** The page for browsers, built by Vite. All other packages are libraries. */
const PAGE = '@clarity-runtime/status-page';

const published = (): typeof manifests => manifests.filter(({ manifest }) => manifest.private !== true);

const libraries = (): typeof manifests => published().filter(({ manifest }) => manifest.name !== PAGE);

test('T-294 all packages have one version, and every dependency has an exact version', async () => {
  const { version } = JSON.parse(await readText('lerna.json')) as { version: string };
  const names = new Set(manifests.map(({ manifest }) => manifest.name));
  expect(names.size).toBeGreaterThan(5);
  expect(VERSION).toBe(version);
  for (const { manifest } of manifests) {
    expect(manifest).toMatchObject({ version, type: 'module' });
    for (const [name, wanted] of Object.entries(manifest.dependencies ?? {})) {
      // Exact versions install the tested combination.
      expect(`${manifest.name} needs ${name}@${wanted}`).toMatch(names.has(name) ? `@${version}` : /@\d+\.\d+\.\d+$/);
    }
  }
});

test('published packages declare their engine, license and files', () => {
  for (const { manifest } of published()) {
    expect(manifest).toMatchObject({ license: 'MIT', engines: { node: '>=20.19' } });
  }
  for (const { manifest } of libraries()) {
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'src']));
    expect(Object.keys(manifest.exports ?? {})).toContain('.');
  }
});

test('a program has one copy of core: every other library has it as a peer of the same minor version', () => {
  const { version = '' } = manifests.find(({ folder }) => folder === 'packages/core')?.manifest ?? {};
  const users = libraries().filter(
    ({ manifest }) => manifest.peerDependencies?.['@clarity-runtime/core'] !== undefined,
  );
  expect(users.length).toBeGreaterThan(7);
  for (const { manifest } of users) {
    expect(manifest.peerDependencies?.['@clarity-runtime/core']).toBe(`^${version}`);
    expect(Object.keys(manifest.dependencies ?? {})).not.toContain('@clarity-runtime/core');
  }
  // The programs bring the copy that all adapters share.
  const bringing = libraries().filter(({ manifest }) => '@clarity-runtime/core' in (manifest.dependencies ?? {}));
  expect(bringing.map(({ folder }) => folder)).toEqual(['packages/cli']);
});

test('published packages are public, have keywords, and tell bundlers their side effects', () => {
  for (const { manifest } of published()) {
    expect(manifest.publishConfig).toEqual({ access: 'public' });
    expect((manifest.keywords ?? []).length).toBeGreaterThan(1);
  }
  for (const { manifest } of libraries()) expect([manifest.name, manifest.sideEffects]).not.toContain(undefined);
});

test('every export of a package has an existing source, types and a built file', () => {
  for (const { folder, manifest } of libraries()) {
    for (const door of Object.values(manifest.exports ?? {})) {
      if (typeof door === 'string') throw new Error(`${manifest.name} has a door without conditions`);
      expect(Object.keys(door)).toEqual(['clarity-source', 'types', 'default']);
      const source = door['clarity-source'] ?? '';
      expect(files).toContain(source.replace(/^\.\//, `${folder}/`));
      const built = source.replace('/src/', '/dist/').replace(/\.ts$/, '');
      expect(door).toMatchObject({ types: `${built}.d.ts`, default: `${built}.js` });
    }
    for (const bin of Object.values(manifest.bin ?? {}))
      expect(files).toContain(`${folder}/${bin.replace(/^\.\//, '')}`);
  }
});

test('every package is published with the license and its own README', async () => {
  const licence = await readText('LICENSE');
  expect(published()).toHaveLength(manifests.length);
  for (const { folder, manifest } of published()) {
    expect(await readText(`${folder}/LICENSE`)).toBe(licence);
    const readme = await readText(`${folder}/README.md`);
    expect(readme.split('\n')[0]).toBe(`# ${manifest.name}`);
    expect(readme).toContain(`npm install ${manifest.name}`);
  }
});

test('the page is published as built files with one export and without dependencies', () => {
  const page = manifests.find(({ manifest }) => manifest.name === PAGE)?.manifest;
  expect(page).toMatchObject({ files: ['dist'], exports: { './index.html': './dist/index.html' } });
  expect(page).not.toHaveProperty('dependencies');
  const cli = manifests.find(({ folder }) => folder === 'packages/cli')?.manifest;
  expect(Object.keys(cli?.dependencies ?? {})).toContain(PAGE);
});

test('packages have no install scripts', () => {
  for (const { manifest } of manifests) {
    const scripts = Object.keys(manifest.scripts ?? {});
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  }
});

test('[install.build] the root build reaches every package that is built by tsc', async () => {
  const { references } = JSON.parse(await readText('tsconfig.json')) as { references: readonly { path: string }[] };
  const built = libraries().map(({ folder }) => folder);
  expect(references.map(({ path }) => path).sort()).toEqual([...built].sort());
});
