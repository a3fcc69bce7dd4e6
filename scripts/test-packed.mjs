// Packs all packages, installs the tarballs into an empty folder and checks their metadata, the programs, the types, the status
// page, the examples and the programs of the READMEs. With `--engines` the small programs also run on Node 20, 22 and 24, Bun and
// Deno. Exits with 1 and the reason when a check fails.
import './own-home.mjs';
import assert from 'node:assert/strict';
import console from 'node:console';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { run, start } from './packed/processes.mjs';
import { copyPrograms, runOnEngines, runPrograms } from './packed/programs.mjs';
import { lernaPublishes, publishAll, startRegistry } from './packed/registry.mjs';
import { packRelease, releaseProblems } from './packed/release.mjs';
import { localPaths, problemsOf } from './packed/tarballs.mjs';

const MAX_MEGABYTES = 60;
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'nodenext',
  moduleResolution: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  rewriteRelativeImportExtensions: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'built',
};
/** Guides whose programs are compiled. */
const GUIDES = [
  'call-stages',
  'embed',
  'express',
  'functions',
  'official-sdk',
  'own-auth',
  'sqlite',
  'vault',
  'write-an-adapter',
];
const SOURCE = 'module greetings\n\nfunction greet(name: String) -> String { "Hello, " ++ name }\n';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'clarity-packed-'));
const here = { cwd: folder };
const installed = join(folder, 'node_modules');
const workspace = join(folder, 'workspace');
const started = performance.now();

const steps = {
  'the tarballs have the required files, an SBOM and checksums': checkTarballs,
  'publint and attw accept the tarballs': lint,
  'the tarballs install into an empty folder': install,
  'the programs run': checkPrograms,
  'the daemon serves the page and a service': checkDaemon,
  'the types compile with strict and without skipLibCheck': compile,
  'the programs of the READMEs run': runReadmes,
  'the example runs': runExample,
  'ten small programs run as ES modules and as CommonJS': runSmallPrograms,
  'they install from a registry with one command': installFromRegistry,
  ...(process.argv.includes('--engines') ? { 'they run on other engines': runEngines } : {}),
};
let packed = [];
try {
  for (const [name, step] of Object.entries(steps)) {
    const from = performance.now();
    await step();
    console.log(`ok  ${name} (${((performance.now() - from) / 1000).toFixed(1)} s)`);
  }
  console.log(`all checks passed, ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function checkTarballs() {
  const into = join(folder, 'tarballs');
  packed = packRelease(root, into);
  assert.deepEqual([...packed.flatMap(problemsOf), ...releaseProblems(into)], []);
  assert.throws(() => packRelease(root, into), /is not empty/);
  assert.equal(packed.length, readdirSync(join(root, 'packages')).length);
}

/** Installs all tarballs in one step, so that npm does not look for one of them in a registry. */
async function install() {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run('npm', ['install', ...QUIET, ...packed.map(({ tarball }) => tarball)], here);
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  for (const { name } of packed) {
    const places = Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));
    assert.deepEqual(places, [`node_modules/${name}`]);
    assert.match(packages[places[0]].resolved, /^file:tarballs\//);
  }
  const files = filesBelow(installed);
  const megabytes = files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024 / 1024;
  assert.ok(megabytes <= MAX_MEGABYTES, `${megabytes.toFixed(1)} MB are installed, the limit is ${MAX_MEGABYTES} MB`);
  const ours = files.filter((file) => packed.some(({ name }) => file.startsWith(join(installed, name, '/'))));
  assert.deepEqual(localPaths(ours, [root, folder]), []);
  console.log(`    ${megabytes.toFixed(1)} MB in ${files.length} files`);
}

async function checkPrograms() {
  const { version } = JSON.parse(readFileSync(join(root, 'lerna.json'), 'utf8'));
  const said = await Promise.all(
    ['clarityd', 'clarityctl', 'clarityc', 'clarity-runtime'].map((program) =>
      run('npx', ['--no-install', program, '--version'], here),
    ),
  );
  for (const line of said) assert.ok(line.includes(version), line);
}

async function checkDaemon() {
  mkdirSync(workspace);
  writeFileSync(join(workspace, 'greetings.clarity'), SOURCE);
  const program = (name) => join(installed, '.bin', name);
  const daemon = start(program('clarityd'), ['--port', '0', '--workspace', workspace], here);
  try {
    const [, url] = await daemon.says(/^clarityd listening on (\S+)$/m);
    const page = await globalThis.fetch(`${url}/status`);
    assert.match(page.headers.get('content-type'), /^text\/html/);
    const [script] = /status\/assets\/[^"]+\.js/.exec(await page.text());
    assert.equal((await globalThis.fetch(`${url}/${script}`)).status, 200);
    await run(program('clarityctl'), ['add', 'greetings'], { cwd: workspace, env: { CLARITYD_URL: url } });
  } finally {
    daemon.kill('SIGTERM');
  }
  const { exitCode, said } = await daemon.ended;
  assert.equal(exitCode, 0, said);
}

async function compile() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = ['@types/node', 'express', '@types/express', 'fastify', 'hono', '@modelcontextprotocol/sdk'];
  await run('npm', ['install', ...QUIET, ...names.map((name) => `${name}@${devDependencies[name]}`)], here);
  cpSync(join(root, 'examples/embedding/express'), join(folder, 'app'), { recursive: true });
  rmSync(join(folder, 'app/server.test.ts'));
  mkdirSync(join(folder, 'programs'));
  for (const { name } of packed) writePrograms(name.replace(/^.*\//, ''), join(installed, name, 'README.md'));
  mkdirSync(join(folder, 'guides'));
  for (const guide of ['README.md', ...GUIDES.map((name) => `docs/guides/${name}.md`)]) {
    writePrograms(`../guides/${guide.replace(/^.*\//, '')}`, join(root, guide));
  }
  const include = ['app', 'programs', 'guides', ...copyPrograms(join(root, 'examples/programs'), folder)];
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include }));
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '--project', folder], here);
}

function writePrograms(name, document) {
  const blocks = [...readFileSync(document, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  blocks.forEach(([, code], at) => {
    writeFileSync(join(folder, 'programs', `${name}-${at + 1}.ts`), code);
  });
}

async function runReadmes() {
  const built = readdirSync(join(folder, 'built/programs')).filter((file) => file.endsWith('.js'));
  assert.ok(built.length >= packed.length, `${built.length} programs for ${packed.length} packages`);
  // A program that needs a database server is compiled only.
  const runnable = built.filter(
    (file) => !readFileSync(join(folder, 'built/programs', file), 'utf8').includes('postgres://'),
  );
  await Promise.all(
    runnable.map((file) => {
      const cwd = join(folder, 'programs', file.slice(0, -'.js'.length));
      mkdirSync(cwd);
      return run(process.execPath, [join(folder, 'built/programs', file)], { cwd });
    }),
  );
}

/** Runs the example in the workspace of the stopped daemon, with its service. */
async function runExample() {
  const main = join(folder, 'built/app/main.js');
  const app = start(process.execPath, [main], { cwd: workspace, env: { PORT: '0' } });
  try {
    const [, url] = await app.says(/^listening on (\S+)$/m);
    assert.match(await (await globalThis.fetch(`${url}/status`)).text(), /<html/);
    const answer = await globalThis.fetch(`${url}/run/greetings__fn__greet`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"stranger"}',
    });
    assert.deepEqual([answer.status, await answer.json()], [200, { result: 'Hello, stranger' }]);
  } finally {
    app.kill('SIGTERM');
  }
  const { exitCode, said } = await app.ended;
  assert.equal(exitCode, 0, said);
}

async function lint() {
  const tools = join(root, 'tools/packed');
  await run('npm', ['ci', '--prefix', tools, '--ignore-scripts', ...QUIET], here);
  await run(process.execPath, [join(tools, 'lint.mjs'), ...packed.map(({ tarball }) => tarball)], here);
}

async function runSmallPrograms() {
  for (const type of ['module', 'commonjs']) await runPrograms(join(folder, `built/programs-${type}`));
}

/** The first step of a user: one package of a registry in an empty folder. Lerna finds the same packages to publish. */
async function installFromRegistry() {
  const registry = await startRegistry(join(root, 'tools/packed'), join(folder, 'registry'));
  try {
    const names = packed.map(({ name }) => name).sort();
    await lernaPublishes(root, join(folder, 'clone'), { env: registry.env, names });
    await publishAll(
      packed.map(({ tarball }) => tarball),
      { cwd: folder, env: registry.env },
    );
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'package.json'), '{ "private": true }\n');
    await run('npm', ['install', 'clarity-runtime', ...QUIET], { cwd: empty, env: registry.env });
    const { version } = JSON.parse(readFileSync(join(root, 'lerna.json'), 'utf8'));
    assert.match(await run('npx', ['--no-install', 'clarityctl', '--version'], { cwd: empty }), new RegExp(version));
    writeFileSync(join(empty, 'greetings.clarity'), SOURCE);
    await run('npx', ['--no-install', 'clarityc', 'compile', 'greetings.clarity'], { cwd: empty });
  } finally {
    await registry.end();
  }
}

function runEngines() {
  return runOnEngines(folder, join(folder, 'built/programs-module'));
}

function filesBelow(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const child = join(path, entry.name);
    if (entry.isDirectory()) return filesBelow(child);
    return entry.isFile() ? [child] : [];
  });
}
