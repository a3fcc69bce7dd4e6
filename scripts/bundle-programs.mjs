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
import { directImports } from './direct-imports.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const cli = join(root, 'packages/cli');
const outdir = join(cli, 'dist');

/**
 * Rewrites two expressions of our modules for a bundle, after `within`. `root` is the path from the file of the bundle to `dist`.
 * `import.meta.url`: a bundle is one file in `dist`, so that without this it would point to the wrong folder for modules of
 * a subfolder. `import { z } from 'zod'`: esbuild leaves out unused parts of a namespace only when it is imported as one.
 */
const sources = (root, within = (text) => text) => ({
  name: 'sources',
  setup: (plugins) => {
    plugins.onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].+\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const [, place] = /[\\/]src[\\/](.+)\.ts$/.exec(path);
      const url = `new URL('${root}${place.replaceAll('\\', '/')}.js', import.meta.url).href`;
      const contents = within(text)
        .replace(/^import \{ z(?:, type ZodType)? \} from 'zod';$/m, "import * as z from 'zod';")
        .replaceAll('import.meta.url', place.includes('/') ? url : 'import.meta.url');
      return { contents, loader: 'ts' };
    });
  },
});

/** Leaves out the error texts of zod in 50 languages: a quarter of a megabyte that every start would parse. English stays. */
const oneLanguage = {
  name: 'one-language',
  setup: (plugins) => {
    const filter = /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/;
    plugins.onLoad({ filter }, () => ({ contents: "export { default as en } from './en.js';" }));
  },
};

/**
 * Modules that a program loads from a file of its own when it uses them first. A daemon without services compiles no schema;
 * the width of a text is needed for tables alone, and its module builds a segmenter and tables when it is evaluated; JSON5 is
 * that of one client.
 */
const LATE_MODULES = [
  {
    from: 'packages/core',
    module: 'ajv/dist/2020.js',
    file: 'validator.cjs',
    stub: 'export function Ajv2020(options) { return new (load().Ajv2020)(options); }',
  },
  {
    from: 'packages/cli',
    module: 'string-width',
    file: 'text-width.cjs',
    stub: 'export default (...given) => load().default(...given);',
  },
  {
    from: 'packages/adapter-store-fs',
    module: 'json5',
    file: 'json5.cjs',
    stub: 'export default { parse: (...given) => load().default.parse(...given) };',
  },
];
const lateModules = {
  name: 'late-modules',
  setup: (plugins) => {
    const late = new Map(LATE_MODULES.map((each) => [each.module, each]));
    plugins.onResolve({ filter: /.*/ }, ({ path }) => (late.has(path) ? { path, namespace: 'late' } : undefined));
    plugins.onResolve({ filter: /\.cjs$/, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    plugins.onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => {
      const { file, stub } = late.get(path);
      return { contents: `const load = () => require('./${file}');\n${stub}` };
    });
  },
};

/**
 * Loads the package `yaml` from its own files when it is used first: a sixth of the text of a start that most runs never need.
 * Only the names below are available in a program.
 */
const YAML_NAMES = ['Document', 'LineCounter', 'isMap', 'isScalar', 'parseAllDocuments', 'visit'];
const lateYaml = {
  name: 'late-yaml',
  setup: (plugins) => {
    plugins.onResolve({ filter: /^yaml$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'yaml', namespace: 'late-yaml' } : { path: 'yaml', external: true },
    );
    plugins.onLoad({ filter: /.*/, namespace: 'late-yaml' }, () => ({
      contents: YAML_NAMES.map(
        (name) => `export function ${name}(...given) {
          const own = require('yaml').${name};
          return new.target === undefined ? own(...given) : Reflect.construct(own, given);
        }`,
      ).join('\n'),
    }));
  },
};

const plugins = [oneLanguage, lateModules, lateYaml];
const options = {
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
  // Names stay, so that stack traces have those of the sources. With source maps they also have their lines. Node.js parses
  // all of the text at each start, so that white space is left out.
  minifyWhitespace: true,
  lineLimit: 200,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
};

// Chunks have the hash of their content in their name, so chunks of the last build would remain.
for (const name of await readdir(outdir)) if (name.startsWith('chunk-')) await rm(join(outdir, name));
const entry = (name) => join(cli, 'src', `${name}.ts`);
const programs = [
  build({
    ...options,
    plugins: [sources('./'), ...plugins],
    chunkNames: 'chunk-daemon-[hash]',
    entryPoints: [entry('clarityd')],
    splitting: true,
  }),
  // A command needs a few modules of each package, the daemon most of them, in few files: Node.js opens those of a start at
  // the same time.
  build({
    ...options,
    plugins: [sources('./', directImports(root)), ...plugins],
    chunkNames: 'chunk-command-[hash]',
    entryPoints: [entry('clarityctl'), entry('clarityc')],
    splitting: true,
  }),
];
const later = LATE_MODULES.map(({ from, module, file }) =>
  build({
    ...options,
    plugins: [],
    banner: {},
    format: 'cjs',
    stdin: {
      contents: `export * from '${module}';\nexport { default } from '${module}';`,
      resolveDir: join(root, from),
    },
    outdir: undefined,
    outfile: join(outdir, file),
  }),
);
// The paths that `worker-entry.ts`, `guest-process.ts` and `task-thread.ts` use in a bundle.
const workers = build({
  ...options,
  plugins: [sources('../'), ...plugins],
  entryPoints: [
    { in: join(root, 'packages/adapter-wasm/src/worker/main.ts'), out: 'worker/main' },
    { in: join(root, 'packages/adapter-wasm/src/process/main.ts'), out: 'process/main' },
    { in: join(cli, 'src/threads/main.ts'), out: 'threads/main' },
  ],
});

const inputs = [
  ...new Set(
    (await Promise.all([...programs, ...later, workers])).flatMap(({ metafile }) => Object.keys(metafile.inputs)),
  ),
];
await writeFile(join(outdir, 'third-party-notices.txt'), await thirdPartyNotices(root, inputs));
