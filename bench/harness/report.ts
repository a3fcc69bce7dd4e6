import type { Measured } from './rounds.ts';
import { ratios, shown, spreadOf } from './statistics.ts';

/** Prints the results of each contender and their ratios to the first one, computed per round. */
export function printMeasured(title: string, measured: readonly Measured[]): void {
  const [floor] = measured;
  if (floor === undefined) return;
  process.stdout.write(`\n${title}: median (min to max) of ${String(floor.cpuPerCall.length)} rounds\n`);
  for (const { name, callsPerSecond, cpuPerCall } of measured) {
    const cpu = shown(spreadOf(ratios(cpuPerCall, floor.cpuPerCall)));
    const rate = shown(spreadOf(ratios(callsPerSecond, floor.callsPerSecond)));
    process.stdout.write(`  ${name}\n`);
    process.stdout.write(`    CPU per call ${shown(spreadOf(cpuPerCall), 0)} µs, ${cpu} × the floor\n`);
    process.stdout.write(`    calls per second ${shown(spreadOf(callsPerSecond), 0)}, ${rate} × the floor\n`);
  }
}
