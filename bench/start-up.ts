import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { checkouts } from './harness/clarity.ts';
import { cpuOf, memoryOf } from './harness/cpu.ts';
import { startServer } from './harness/server-process.ts';
import { report } from './harness/report.ts';
import { ratios, shown, spreadOf } from './harness/statistics.ts';
import { register, trusting } from './harness/workspace.ts';

const SERVICES = (process.env['BENCH_SERVICES'] ?? '0,1,1000').split(',').map(Number);

/** Delay before resident memory is read. */
const IDLE_MS = 1_000;

/**
 * Measures the CPU time and the time from process start to listening with stopped services of a trusted workspace, minus the
 * start of Node.js, and idle memory. Each checkout has a workspace that it wrote itself; all take part in every round.
 */
export async function benchStartUp(rounds: number): Promise<void> {
  process.stdout.write(`\nstart-up: median (min to max) of ${String(rounds)} rounds\n`);
  for (const services of SERVICES) {
    const measured = [];
    for (const checkout of checkouts) {
      const root = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
      await register(checkout, root, services);
      await using first = await startServer([
        checkout.clarityd,
        '--port',
        '0',
        '--workspace',
        root,
        ...(await trusting(checkout)),
      ]);
      await first[Symbol.asyncDispose]();
      measured.push({ checkout, root, over: [] as number[], cpu: [] as number[], memory: [] as number[] });
    }
    for (let round = 0; round < rounds; round += 1) {
      for (let step = 0; step < measured.length; step += 1) {
        const contender = measured[(round + step) % measured.length];
        if (contender === undefined) continue;
        const bare = await bareNodeMs();
        const { checkout, root, over, cpu, memory } = contender;
        await using daemon = await startServer([checkout.clarityd, '--port', '0', '--workspace', root]);
        over.push(daemon.startedInMs - bare);
        cpu.push(cpuOf(daemon.pid) / 1_000);
        await delay(IDLE_MS);
        memory.push(memoryOf(daemon.pid));
      }
    }
    const base = measured.at(-1);
    for (const { checkout, root, over, cpu, memory } of measured) {
      await rm(root, { recursive: true });
      const name = `start-up: ${String(services)} services${checkout.label}`;
      const against = (own: readonly number[], other: readonly number[] = []) =>
        checkouts.length === 1 ? {} : { ratio: spreadOf(ratios(own, other)) };
      report({ name, figure: 'cpu', unit: 'ms', value: spreadOf(cpu), ...against(cpu, base?.cpu) });
      report({ name, figure: 'memory', unit: 'MiB', value: spreadOf(memory), ...against(memory, base?.memory) });
      process.stdout.write(`  ${String(services)} services${checkout.label}\n`);
      process.stdout.write(`    ${shown(spreadOf(over), 0)} ms more than node, ${shown(spreadOf(cpu), 0)} ms of CPU\n`);
      process.stdout.write(`    ${shown(spreadOf(memory), 0)} MiB resident when idle\n`);
    }
  }
}

async function bareNodeMs(): Promise<number> {
  const from = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '0']);
  return performance.now() - from;
}
