import { threadCpuOf } from './cpu.ts';
import { run, type Load } from './load.ts';
import type { ServerProcess } from './server-process.ts';

/** A measured load and the process whose CPU time counts. */
export interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly load: Load;
}

export interface Measured {
  readonly name: string;
  /** Per round: calls per second, and CPU time of the server per call in microseconds. */
  readonly callsPerSecond: readonly number[];
  readonly cpuPerCall: readonly number[];
}

/** Calls before the first round, in which the engine compiles the path. */
const WARM_UP_CALLS = 2_000;

let only: RegExp | undefined;

/** Measures only contenders whose name matches, and the first one of each benchmark, which is the floor. */
export function selectContenders(pattern: string): void {
  only = new RegExp(pattern);
}

const isSelected = ({ name }: Contender, at: number): boolean => at === 0 || only === undefined || only.test(name);

/** Runs all contenders in every round in changing order, so that disturbances affect all of them. */
export async function measure(all: readonly Contender[], rounds: number): Promise<readonly Measured[]> {
  const contenders = all.filter(isSelected);
  for (const { load } of contenders) await run({ ...load, calls: Math.max(WARM_UP_CALLS, load.calls / 2) });
  const results = contenders.map(({ name }) => ({ name, callsPerSecond: [] as number[], cpuPerCall: [] as number[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < contenders.length; step += 1) {
      const at = (round + step) % contenders.length;
      const [contender, result] = [contenders[at], results[at]];
      if (contender === undefined || result === undefined) continue;
      const before = threadCpuOf(contender.server.pid);
      const ms = await run(contender.load);
      result.cpuPerCall.push((threadCpuOf(contender.server.pid) - before) / contender.load.calls);
      result.callsPerSecond.push((contender.load.calls * 1000) / ms);
    }
  }
  return results;
}
