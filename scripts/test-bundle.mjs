import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
export const BUNDLES = join(root, 'node_modules/.cache/clarity-test');

/** Entry points of the workspace packages by the name under which others import them: the folder of the package, the source. */
export const entries = new Map(
  readdirSync(join(root, 'packages')).flatMap((name) => {
    const folder = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return Object.entries(manifest.exports ?? {})
      .filter(([, targets]) => targets['clarity-source'])
      .map(([key, targets]) => [
        posix.join(manifest.name, key),
        { folder, source: join(folder, targets['clarity-source']) },
      ]);
  }),
);

/** The `import.meta.url` of a source file stays the one of that file. */
const sourceUrls = {
  name: 'source-urls',
  setup: (plugins) => {
    plugins.onLoad({ filter: /[\\/]packages[\\/][^\\/]+[\\/]src[\\/].+\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }));
  },
};

/**
 * Runs before all suites: bundles the sources of the workspace packages, one file per entry point and shared chunks. A suite
 * that loads the packages of others module by module takes about a second of CPU for it.
 */
export default async () => {
  const { build } = await import('esbuild');
  await build({
    plugins: [sourceUrls],
    absWorkingDir: root,
    outdir: BUNDLES,
    entryPoints: [...entries].map(([name, { source }]) => ({ in: source, out: name })),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['clarity-source'],
    // Bundled CommonJS modules load the modules of Node.js with this function.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    keepNames: true,
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    logLevel: 'warning',
  });
};
