import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const FOREIGN = /(^|\/)(test|tests|node_modules|coverage)\/|\.test\.|\.tsbuildinfo$|(^|\/)tsconfig[^/]*\.json$|\.log$/;

/** Packs every workspace into a folder. What npm says of each: its name, its files, and where its tarball lies. */
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

/** What is wrong with the contents of a tarball, in sentences. */
export function problemsOf({ name, files }) {
  const there = new Set(files);
  const needed = ['package.json', 'README.md', 'LICENSE'].filter((file) => !there.has(file));
  // A module without a source was left by an earlier build.
  const stale = files.filter(
    (file) => /^dist\/.*\.d\.ts$/.test(file) && there.has('src/index.ts') && !there.has(sourceOf(file)),
  );
  return [
    ...needed.map((file) => `${name} lacks ${file}`),
    ...files.filter((file) => FOREIGN.test(file)).map((file) => `${name} ships ${file}`),
    ...stale.map((file) => `${name} ships ${file}, which no source belongs to`),
    ...(files.some((file) => file.startsWith('dist/')) ? [] : [`${name} was not built`]),
  ];
}

/** Files that name a folder of the machine they were built on. */
export function localPaths(files, folders) {
  return files.filter((file) => {
    const text = readFileSync(file, 'latin1');
    return folders.some((folder) => text.includes(folder));
  });
}

/** Only tsc writes declarations, one for each source. */
const sourceOf = (file) => file.replace(/^dist\//, 'src/').replace(/\.d\.ts$/, '.ts');
