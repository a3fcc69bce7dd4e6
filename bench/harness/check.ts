import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './report.ts';

const TABLE = join(import.meta.dirname, '..', 'ratios.json');
/** A ratio may be this much above the table. */
const TOLERANCE = 1.1;

/** The contender that all ratios are relative to. */
const FLOOR = 'proxied call: byte pipe on node:http';

/**
 * Compares the ratios of a run with `bench/ratios.json` and returns one line per ratio that is more than 10 % worse, or that
 * was not measured. A ratio is the CPU time per call in the best round of a contender, divided by that in the best round of the
 * floor: other programs of the machine only add CPU time to a round. Rates and times depend on them, so that the table has
 * none.
 */
export async function regressions(rows: readonly Row[]): Promise<readonly string[]> {
  const table = JSON.parse(await readFile(TABLE, 'utf8')) as Readonly<Record<string, number>>;
  const best = new Map(rows.flatMap(({ name, figure, value }) => (figure === 'cpu' ? [[name, value.min]] : [])));
  const floor = best.get(FLOOR);
  return Object.entries(table).flatMap(([name, expected]) => {
    const own = best.get(name);
    if (own === undefined || floor === undefined) return [`${name}: not measured`];
    const ratio = own / floor;
    process.stdout.write(`${name}: ${ratio.toFixed(2)} × the floor, ${expected.toFixed(2)} in the table\n`);
    return ratio <= expected * TOLERANCE ? [] : [`${name}: ${ratio.toFixed(2)} instead of ${expected.toFixed(2)}`];
  });
}
