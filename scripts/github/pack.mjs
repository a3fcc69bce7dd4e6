// Packs the published packages for a snapshot or a release: tarballs, SBOM and checksums.
//
//   node scripts/github/pack.mjs <empty folder>
import console from 'node:console';
import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';
import { packRelease, releaseProblems } from '../packed/release.mjs';
import { problemsOf } from '../packed/tarballs.mjs';

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: pack.mjs <empty folder>');
  process.exitCode = 2;
} else {
  const folder = resolve(given);
  const packed = packRelease(fileURLToPath(new URL('../..', import.meta.url)), folder);
  const problems = [...packed.flatMap(problemsOf), ...releaseProblems(folder)];
  for (const problem of problems) console.error(problem);
  console.log(`${packed.length} packages in ${folder}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
