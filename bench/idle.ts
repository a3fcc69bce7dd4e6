import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkouts } from './harness/clarity.ts';
import { Cleanup } from './harness/cleanup.ts';
import { memoryOf, threadCpuOf } from './harness/cpu.ts';
import { report } from './harness/report.ts';
import { startServer } from './harness/server-process.ts';
import { shown, spreadOf } from './harness/statistics.ts';

const REMOTES = 20;
/** Time after the last start of a service before the first round: compaction, lists and idle connections end. */
const SETTLE_MS = 20_000;
const ROUND_MS = 10_000;

/** Measures a daemon with 20 remote services that no client uses: its share of one core, and its resident memory. */
export async function benchIdle(rounds: number): Promise<void> {
  await using stack = new Cleanup();
  const upstream = stack.use(await startServer([join(import.meta.dirname, 'floors', 'mcp-upstream.mjs'), 'modern']));
  process.stdout.write(`\nidle with ${String(REMOTES)} remotes: median (min to max) of ${String(rounds)} rounds\n`);
  for (const { label, clarityd, ctl } of checkouts) {
    const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const daemon = stack.use(await startServer([clarityd, '--port', '0', '--workspace', folder]));
    for (let at = 0; at < REMOTES; at += 1) {
      const added = ['add-remote', '--module', `up${String(at)}`, '--endpoint', upstream.url];
      await ctl(['--daemon-url', daemon.url, ...added], folder);
    }
    await delay(SETTLE_MS);
    const [percent, memory]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const [before, from] = [threadCpuOf(daemon.pid), performance.now()];
      await delay(ROUND_MS);
      percent.push((threadCpuOf(daemon.pid) - before) / (performance.now() - from) / 10);
      memory.push(memoryOf(daemon.pid));
    }
    const name = `idle: ${String(REMOTES)} remotes${label}`;
    report({ name, figure: 'cpu', unit: '%', value: spreadOf(percent) });
    report({ name, figure: 'memory', unit: 'MiB', value: spreadOf(memory) });
    process.stdout.write(`  clarityd${label}\n    ${shown(spreadOf(percent))} % of a core\n`);
    process.stdout.write(`    ${shown(spreadOf(memory), 0)} MiB resident\n`);
  }
}
