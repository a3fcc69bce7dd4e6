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

/**
 * Gives a module of a package the URL that it has in `dist` of the CLI. A bundle is one file in `dist`, so that without
 * this `import.meta.url` would point to the wrong folder for modules of a subfolder.
 */
const moduleUrls = {
  name: 'module-urls',
  setup: (plugins) => {
    plugins.onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].+[\\/][^\\/]+\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const [, place] = /[\\/]src[\\/](.+)\.ts$/.exec(path);
      const url = `new URL('./${place.replaceAll('\\', '/')}.js', import.meta.url).href`;
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

const options = {
  plugins: [moduleUrls],
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
await writeFile(join(outdir, 'third-party-notices.txt'), await thirdPartyNotices(root, inputs));
