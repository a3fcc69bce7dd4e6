import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOREIGN = /(^|\/)(test|tests|node_modules|coverage)\/|\.test\.|\.tsbuildinfo$|(^|\/)tsconfig[^/]*\.json$|\.log$/;

/** Packs all workspaces into a folder. Returns name, files and tarball path of each, as npm reports them. */
export function packAll(root, into) {
  const said = execFileSync('npm', ['pack', '--workspaces', '--json', '--pack-destination', into], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const packed = JSON.parse(said);
  return (Array.isArray(packed) ? packed : Object.values(packed)).map(({ name, filename, files }) => ({
    name,
    tarball: join(into, basename(filename)),
    files: files.map(({ path }) => path),
  }));
}

/** Returns the problems of the contents of a tarball. */
export function problemsOf({ name, files }) {
  const there = new Set(files);
  const needed = ['package.json', 'README.md', 'LICENSE'].filter((file) => !there.has(file));
  // A module without a source comes from an earlier build.
  const stale = files.filter(
    (file) => /^dist\/.*\.d\.ts$/.test(file) && there.has('src/index.ts') && !there.has(sourceOf(file)),
  );
  return [
    ...needed.map((file) => `${name} lacks ${file}`),
    ...files.filter((file) => FOREIGN.test(file)).map((file) => `${name} ships ${file}`),
    ...stale.map((file) => `${name} ships ${file}, which has no source`),
    ...(files.some((file) => file.startsWith('dist/')) ? [] : [`${name} was not built`]),
  ];
}

/** Returns the files that contain a path of the build machine. */
export function localPaths(files, folders) {
  return files.filter((file) => {
    const text = readFileSync(file, 'latin1');
    return folders.some((folder) => text.includes(folder));
  });
}

/** Returns the source of a declaration; tsc writes one per source. */
const sourceOf = (file) => file.replace(/^dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
