import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './workspace-files.ts';

/** Contents of a workspace by path. */
export type Tree = Readonly<Record<string, string>>;

const SCOPE = '@clarity-runtime';
const adapters = ['http', 'stdio', 'store-fs', 'wasm', 'toolchain', 'component'].map((name) => `adapter-${name}`);
const all = ['core', 'api-contract', ...adapters, 'compiler', 'status-page', 'cli'];
const coreDoors = ['ports', 'memory', 'testing', 'protocol', 'audit-chain', 'registry'];
const nameOf = (folder: string): string => (folder === 'cli' ? 'clarity-runtime' : `${SCOPE}/${folder}`);
const vendors = ['tsyringe', 'ajv', 'zod', '@bytecodealliance/jco-transpile'];
const door = (file: string): object => ({ 'clarity-source': `./src/${file}`, default: `./dist/${file}` });

/** Every package except `bare` declares every other package, so that a plant breaks only one rule. */
function manifest(folder: string): string {
  const others = folder === 'bare' ? [] : all.filter((other) => other !== folder).map(nameOf);
  const rooms = folder === 'core' ? coreDoors : [];
  return JSON.stringify({
    name: nameOf(folder),
    type: 'module',
    exports: {
      '.': door('index.ts'),
      ...Object.fromEntries(rooms.map((room) => [`./${room}`, door(`${room}/index.ts`)])),
      ...(folder === 'core' ? { './internal': door('internal.ts') } : {}),
    },
    dependencies: Object.fromEntries([...others, ...vendors].map((name) => [name, '1.0.0'])),
    devDependencies: { 'dev-only': '1.0.0' },
  });
}

const empty = 'export const nothing = 0;\n';
const vendor = (place: string, name: string): readonly (readonly [string, string])[] => [
  [`${place}/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
  [`${place}/${name}/index.js`, 'module.exports = {};\n'],
];

/** A workspace that violates none of the rules of `.dependency-cruiser.cjs`. */
export const cleanTree: Tree = {
  ...Object.fromEntries([...vendors, 'left-pad', 'dev-only'].flatMap((name) => vendor('node_modules', name))),
  // npm installs a package here if the root has another version of it.
  ...Object.fromEntries(vendor('packages/core/node_modules', 'ajv')),
  ...Object.fromEntries([...all, 'bare'].map((folder) => [`packages/${folder}/package.json`, manifest(folder)])),
  ...Object.fromEntries([...all, 'bare'].map((folder) => [`packages/${folder}/src/index.ts`, empty])),
  ...Object.fromEntries(coreDoors.map((room) => [`packages/core/src/${room}/index.ts`, "import '../domain/a.ts';\n"])),
  'package.json': JSON.stringify({ name: 'root', type: 'module', workspaces: ['packages/*'] }),
  'packages/core/src/domain/a.ts': empty,
  'packages/core/src/internal.ts': "import './domain/a.ts';\n",
  'packages/core/src/domain/json/digest.ts': "import 'node:crypto';\n",
  'packages/core/src/application/a.ts': "import '../ports/index.ts';\nimport '../domain/a.ts';\n",
  'packages/core/src/validation/a.ts': "import 'ajv';\nimport '../domain/a.ts';\n",
  'packages/core/src/composition/container.ts': "import 'tsyringe';\nimport '../application/a.ts';\n",
  'packages/core/test/a.test.ts': "import '@clarity-runtime/core/testing';\nimport '../src/domain/a.ts';\n",
  'packages/adapter-http/src/a.ts':
    "import '@clarity-runtime/core';\nimport '@clarity-runtime/core/protocol';\nimport '@clarity-runtime/core/internal';\nimport 'node:http';\n",
  'packages/adapter-component/src/a.ts': "import '@bytecodealliance/jco-transpile';\n",
  'packages/api-contract/src/a.ts': "import 'zod';\n",
  'packages/status-page/src/a.ts': "import type { nothing } from '@clarity-runtime/api-contract';\n",
  'packages/cli/src/a.ts':
    "import '@clarity-runtime/adapter-http';\nimport '@clarity-runtime/compiler';\nimport 'node:fs';\n",
  'examples/a.ts': "import '@clarity-runtime/core';\nimport 'clarity-runtime';\n",
  'test/scenarios/a.test.ts': "import '@clarity-runtime/core/memory';\n",
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Returns the rules of the repository that the tree violates, as sorted and unique `<file>: <rule>`. */
export async function brokenRules(tree: Tree): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-rules-'));
  try {
    await plant(folder, tree);
    const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const folders = ['packages', 'examples', 'test', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cruiser, ...folders], options).catch(
      (error: unknown) => error as { stdout: string; stderr: string },
    );
    if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser printed no report: ${stderr}`);
    const report = JSON.parse(stdout) as { summary: { violations: readonly Violation[] } };
    return [...new Set(report.summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`))].sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function plant(folder: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await mkdir(join(folder, 'scripts'));
  for (const name of ['.dependency-cruiser.cjs', 'scripts/layers.cjs', 'scripts/core-rules.cjs', 'tsconfig.base.json'])
    await copyFile(join(root, name), join(folder, name));
  await mkdir(join(folder, 'node_modules', SCOPE), { recursive: true });
  for (const name of [...all, 'bare'])
    await symlink(join(folder, 'packages', name), join(folder, 'node_modules', nameOf(name)));
}
