import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Row } from './report.ts';

const TABLE = join(import.meta.dirname, '..', 'ratios.json');
/** A ratio may be this much above the table. */
const TOLERANCE = 1.1;

/**
 * Compares the ratios of a run with `bench/ratios.json` and returns one line per ratio that is more than 10 % worse, or that
 * was not measured. The table has the median ratio of CPU time of many short rounds: floor and contender are measured one after
 * the other within a second, so that both have the same disturbances. Rates and times depend on the other programs of a
 * machine.
 */
export async function regressions(rows: readonly Row[]): Promise<readonly string[]> {
  const table = JSON.parse(await readFile(TABLE, 'utf8')) as Readonly<Record<string, number>>;
  const found = new Map(rows.flatMap(({ name, figure, ratio }) => (figure === 'cpu' && ratio ? [[name, ratio]] : [])));
  return Object.entries(table).flatMap(([name, expected]) => {
    const ratio = found.get(name)?.median;
    if (ratio === undefined) return [`${name}: not measured`];
    process.stdout.write(`${name}: ${ratio.toFixed(2)} × the floor, ${expected.toFixed(2)} in the table\n`);
    return ratio <= expected * TOLERANCE ? [] : [`${name}: ${ratio.toFixed(2)} instead of ${expected.toFixed(2)}`];
  });
}
