/**
 * Bundles the modules of each program of packages/cli into a few files of its dist. Loaded separately they take half of
 * the start time and one file descriptor each. The entry point for importers (`clarity-runtime`) stays as tsc built it.
 *
 *   node scripts/bundle-programs.mjs
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  // Bundled CommonJS modules load the modules of Node.js with this function.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  target: 'node20.19',
  conditions: ['clarity-source'],
  mainFields: ['module', 'main'],
  // Not minified, so that stack traces have the names of the sources. With source maps they also have their lines.
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
};

// Chunks have the hash of their content in their name, so chunks of the last build would remain.
for (const name of await readdir(outdir)) if (name.startsWith('chunk-')) await rm(join(outdir, name));
const programs = await build({
  ...options,
  chunkNames: 'chunk-[name]-[hash]',
  entryPoints: ['clarityd', 'clarityctl', 'clarityc'].map((name) => join(cli, 'src', `${name}.ts`)),
  splitting: true,
});
// The paths that `worker-entry.ts` and `task-thread.ts` use in a bundle.
const worker = await build({
  ...options,
  entryPoints: [
    { in: join(root, 'packages/adapter-wasm/src/worker/main.ts'), out: 'worker/main' },
    { in: join(cli, 'src/threads/main.ts'), out: 'threads/main' },
  ],
});

const inputs = [...new Set([programs, worker].flatMap(({ metafile }) => Object.keys(metafile.inputs)))];
await writeFile(join(outdir, 'third-party-notices.txt'), await thirdPartyNotices(root, inputs));
