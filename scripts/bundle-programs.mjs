/**
 * Joins the modules of each program of packages/cli into a few files of its dist: loaded one by one they take half of the
 * start, and a descriptor each. What others import (`clarity-runtime`) stays as tsc built it.
 *
 *   node scripts/bundle-programs.mjs
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { build } from 'esbuild';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages/cli');
const outdir = join(cli, 'dist');
const options = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // What is CommonJS inside asks for the modules of Node with this.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  target: 'node20.19',
  conditions: ['clarity-source'],
  mainFields: ['module', 'main'],
  // Left readable: what a stack trace names is found by its name. With the maps Node tells the lines of the sources.
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
};

// Chunks are named by their content: those of the last time would stay.
for (const name of await readdir(outdir)) if (name.startsWith('chunk-')) await rm(join(outdir, name));
const programs = await build({
  ...options,
  entryPoints: ['clarityd', 'clarityctl', 'clarityc'].map((name) => join(cli, 'src', `${name}.ts`)),
  splitting: true,
});
// Where `worker-entry.ts` looks for it from a bundle.
const worker = await build({
  ...options,
  entryPoints: [{ in: join(root, 'packages/adapter-wasm/src/worker/main.ts'), out: 'worker/main' }],
});

const inputs = [...new Set([programs, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs)))];
for (const path of inputs.filter((name) => /^packages\/[^/]+\/src\/.+\//.test(name))) {
  // A bundle stands beside the modules of the top, so only those find their way from where they are.
  if (!(await readFile(join(root, path), 'utf8')).includes('import.meta')) continue;
  process.stderr.write(`${path} asks where it is: in a bundle that is true only of modules directly in src\n`);
  process.exitCode = 1;
}
await writeFile(join(outdir, 'third-party-notices.txt'), await thirdPartyNotices(root, inputs));
