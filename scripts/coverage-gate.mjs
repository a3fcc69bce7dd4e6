// Checks the coverage that `npm run test:coverage` wrote: 90 % of all lines, and 95 % of the branches of the parts whose errors cost most.
// Prints one line per part; exits with 1 when a part is below its limit, and with 2 without a measurement.
//
//   node scripts/coverage-gate.mjs [<coverage-summary.json>]
import console from 'node:console';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** Each part with the figure that is limited. The patterns are matched with the path below the repository. */
export const PARTS = [
  { name: 'all', figure: 'lines', percent: 90, files: /^packages\// },
  {
    name: 'store',
    figure: 'branches',
    percent: 95,
    files: /^packages\/(?:adapter-store-fs\/src|core\/src\/(?:registry|memory|audit-chain))\//,
  },
  { name: 'policy', figure: 'branches', percent: 95, files: /^packages\/core\/src\/(?:domain|application)\/calls\// },
  {
    name: 'access',
    figure: 'branches',
    percent: 95,
    files: /^packages\/(?:core\/src\/domain\/access|adapter-http\/src\/guard)\//,
  },
  {
    name: 'parsers',
    figure: 'branches',
    percent: 95,
    files:
      /^packages\/(?:core\/src\/(?:validation|protocol|domain\/json)|compiler\/src\/(?:lexer|parser)|adapter-stdio\/src\/framing|adapter-wasm\/src\/guard)\//,
  },
];

/** Returns the percentage of each part. A part without a file counts as 0: its pattern is outdated, or nothing was measured. */
export function measure(summary) {
  return PARTS.map(({ name, figure, percent, files }) => {
    let total = 0;
    let covered = 0;
    for (const [path, figures] of Object.entries(summary)) {
      const at = path.lastIndexOf('/packages/');
      if (at < 0 || !files.test(path.slice(at + 1))) continue;
      total += figures[figure].total;
      covered += figures[figure].covered;
    }
    const actual = total === 0 ? 0 : (100 * covered) / total;
    return { name, figure, percent, actual, isEnough: actual >= percent };
  });
}

function main(path = 'coverage/coverage-summary.json') {
  let summary;
  try {
    summary = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    console.error(`${path} cannot be read: ${error.message}; run npm run test:coverage first`);
    return 2;
  }
  const parts = measure(summary);
  for (const { name, figure, percent, actual, isEnough } of parts)
    console.log(`${isEnough ? 'ok ' : 'LOW'} ${name}: ${actual.toFixed(2)} % of the ${figure}, limit ${percent} %`);
  return parts.every(({ isEnough }) => isEnough) ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = main(process.argv[2]);
