import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openFsStore } from '@clarity-runtime/adapter-store-fs';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { own } from './harness/clarity.ts';
import { cpuOf, memoryOf } from './harness/cpu.ts';
import { startServer } from './harness/server-process.ts';
import { shown, spreadOf } from './harness/statistics.ts';

const SERVICES = [0, 1, 1_000];
/** Delay before resident memory is read. */
const IDLE_MS = 1_000;

/** Measures the time from process start to listening with stopped services of a trusted workspace, minus the start of Node.js, and idle memory. */
export async function benchStartUp(rounds: number): Promise<void> {
  process.stdout.write(`\nstart-up: median (min to max) of ${String(rounds)} rounds\n`);
  for (const services of SERVICES) {
    const root = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    await register(root, services);
    await using first = await startServer([own.clarityd, '--port', '0', '--workspace', root, '--trust-workspace']);
    await first[Symbol.asyncDispose]();
    const [over, cpu, memory]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const bare = await bareNodeMs();
      await using daemon = await startServer([own.clarityd, '--port', '0', '--workspace', root]);
      over.push(daemon.startedInMs - bare);
      cpu.push(cpuOf(daemon.pid) / 1_000);
      await delay(IDLE_MS);
      memory.push(memoryOf(daemon.pid));
    }
    await rm(root, { recursive: true });
    process.stdout.write(`  ${String(services)} services\n`);
    process.stdout.write(`    ${shown(spreadOf(over), 0)} ms more than node, ${shown(spreadOf(cpu), 0)} ms of CPU\n`);
    process.stdout.write(`    ${shown(spreadOf(memory), 0)} MiB resident when idle\n`);
  }
}

async function bareNodeMs(): Promise<number> {
  const from = performance.now();
  await promisify(execFile)(process.execPath, ['-e', '0']);
  return performance.now() - from;
}

async function register(root: string, services: number): Promise<void> {
  await using workspace = await openFsStore({ root });
  const records = Array.from({ length: services }, (_, i) => ({
    ...sampleRecord(`service${String(i)}`),
    serviceId: `svc_${i.toString(16).padStart(12, '0')}`,
  }));
  await Promise.all(records.map((record) => workspace.registry.put('default', record, 'absent', sampleWrite())));
}
