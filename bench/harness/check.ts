import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './report.ts';

const TABLE = join(import.meta.dirname, '..', 'ratios.json');
/** A ratio may be this much above the table. */
const TOLERANCE = 1.1;

/**
 * Compares the ratios of a run with `bench/ratios.json` and returns one line per ratio that is more than 10 % worse, or that
 * was not measured. The table has ratios of CPU time only: both sides of such a ratio are measured in the same seconds on the
 * same cores, and no rate of the load generator is part of it. Rates and times depend on the other programs of a machine.
 */
export async function regressions(rows: readonly Row[]): Promise<readonly string[]> {
  const table = JSON.parse(await readFile(TABLE, 'utf8')) as Readonly<Record<string, number>>;
  const found = new Map(rows.flatMap(({ name, figure, ratio }) => (figure === 'cpu' && ratio ? [[name, ratio]] : [])));
  return Object.entries(table).flatMap(([name, expected]) => {
    const ratio = found.get(name);
    if (ratio === undefined) return [`${name}: not measured`];
    // The best round counts: a disturbance makes a round worse, never better.
    if (ratio.min <= expected * TOLERANCE) return [];
    return [`${name}: ${ratio.min.toFixed(2)} × the floor in the best round, ${expected.toFixed(2)} in the table`];
  });
}
