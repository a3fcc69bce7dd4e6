import type { Measured } from './rounds.ts';
import { ratios, shown, spreadOf, type Spread } from './statistics.ts';

/** One figure of a run. */
export interface Row {
  /** `<benchmark>: <contender>`. */
  readonly name: string;
  readonly figure: 'cpu' | 'rate' | 'memory' | 'start';
  /** `µs`, `ms`, `1/s`, `MiB`, or `%` of one core. */
  readonly unit: string;
  readonly value: Spread;
  /** The figure divided by the one of the floor, per round. */
  readonly ratio?: Spread;
}

const rows: Row[] = [];

/** Returns all figures of this run. */
export const reported = (): readonly Row[] => rows;

/** Adds a figure to the result of the run. */
export const report = (row: Row): void => void rows.push(row);

/** Prints the results of each contender and their ratios to the first one, computed per round. */
export function printMeasured(title: string, measured: readonly Measured[]): void {
  const [floor] = measured;
  if (floor === undefined) return;
  process.stdout.write(`\n${title}: median (min to max) of ${String(floor.cpuPerCall.length)} rounds\n`);
  for (const { name, callsPerSecond, cpuPerCall } of measured) {
    const cpu = spreadOf(ratios(cpuPerCall, floor.cpuPerCall));
    const rate = spreadOf(ratios(callsPerSecond, floor.callsPerSecond));
    const own = { cpu: spreadOf(cpuPerCall), rate: spreadOf(callsPerSecond) };
    report({ name: `${title}: ${name}`, figure: 'cpu', unit: 'µs', value: own.cpu, ratio: cpu });
    report({ name: `${title}: ${name}`, figure: 'rate', unit: '1/s', value: own.rate, ratio: rate });
    process.stdout.write(`  ${name}\n`);
    process.stdout.write(`    CPU per call ${shown(own.cpu, 0)} µs, ${shown(cpu)} × the floor\n`);
    process.stdout.write(`    calls per second ${shown(own.rate, 0)}, ${shown(rate)} × the floor\n`);
  }
}
