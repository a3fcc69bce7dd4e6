import { setMaxListeners } from 'node:events';
import { ProcessWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { WasmModule } from '@clarity-runtime/core/ports';
import { printMeasured } from './harness/report.ts';
import { ratios, spreadOf } from './harness/statistics.ts';

const IN_FLIGHT = 16;
const COUNTS = [10, 33, 200];
const GOAL = 0.8;
const SOURCE = 'module adder\n\nexport function add(a: Int64, b: Int64) -> Int64 {\n  a + b\n}\n';

/** Calls the modules in turn with a fixed concurrency. Returns calls per second. */
async function run(modules: readonly WasmModule[], calls: number): Promise<number> {
  const args = RawJson.of({ a: 2, b: 3 });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  let next = 0;
  const from = performance.now();
  const caller = async (): Promise<void> => {
    while (next < calls) {
      const module = modules[next % modules.length];
      next += 1;
      const reply = await module?.call('add', args, { signal });
      if (reply?.type !== 'value' || reply.json.text !== '5')
        throw new Error(`a wrong answer: ${JSON.stringify(reply)}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  return (calls * 1_000) / (performance.now() - from);
}

/** Measures calls of 10, 33 and 200 local services in turn in one guest host, and the start of all. */
export async function benchWasmServices(rounds: number, calls: number): Promise<void> {
  const compiled = compile({ file: 'adder.clarity', text: SOURCE });
  if (!compiled.ok) throw new Error('the source does not compile');
  const { wasm, document } = compiled;
  await using host = new ProcessWasmHost();
  const limits = { deadlineMs: 10_000, maxMemoryBytes: 16 << 20, maxResultBytes: 65_536 };
  const { signal } = new AbortController();
  const from = performance.now();
  const modules = await Promise.all(
    Array.from({ length: Math.max(...COUNTS) }, () =>
      host.load({ wasm, document, limits, onLog: () => undefined }, signal),
    ),
  );
  const startMs = performance.now() - from;
  const measured = COUNTS.map((count) => ({
    name: `${String(count)} services in turn`,
    callsPerSecond: [] as number[],
    cpuPerCall: [] as number[],
  }));
  for (const count of COUNTS) await run(modules.slice(0, count), calls);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, count] of COUNTS.entries()) {
      const before = process.cpuUsage();
      measured[at]?.callsPerSecond.push(await run(modules.slice(0, count), calls));
      const { user, system } = process.cpuUsage(before);
      measured[at]?.cpuPerCall.push((user + system) / calls);
    }
  }
  printMeasured(`services in one guest host, ${String(IN_FLIGHT)} in flight`, measured);
  const [few] = measured;
  for (const many of measured.slice(1)) {
    const { median } = spreadOf(ratios(many.callsPerSecond, few?.callsPerSecond ?? []));
    process.stdout.write(`  ${many.name}: ${median.toFixed(2)} of 10, the goal is ${String(GOAL)}\n`);
  }
  process.stdout.write(`  ${String(modules.length)} modules loaded in ${startMs.toFixed(0)} ms\n`);
}
