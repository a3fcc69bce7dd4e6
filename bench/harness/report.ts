import type { Measured } from './rounds.ts';
import { ratios, shown, spreadOf } from './statistics.ts';

/** Prints each contender's figures, and its ratio to the first one, taken round by round. */
export function printMeasured(title: string, measured: readonly Measured[]): void {
  const [floor] = measured;
  if (floor === undefined) return;
  process.stdout.write(`\n${title}: median (least to most) of ${String(floor.cpuPerCall.length)} rounds\n`);
  for (const { name, callsPerSecond, cpuPerCall } of measured) {
    const cpu = shown(spreadOf(ratios(cpuPerCall, floor.cpuPerCall)));
    const rate = shown(spreadOf(ratios(callsPerSecond, floor.callsPerSecond)));
    process.stdout.write(`  ${name}\n`);
    process.stdout.write(`    CPU per call ${shown(spreadOf(cpuPerCall), 0)} µs, ${cpu} × the floor\n`);
    process.stdout.write(`    calls per second ${shown(spreadOf(callsPerSecond), 0)}, ${rate} × the floor\n`);
  }
}
