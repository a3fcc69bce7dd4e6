import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { fsTelemetry } from '@clarity-runtime/adapter-store-fs';
import { checkouts } from './harness/clarity.ts';
import { report } from './harness/report.ts';
import { ratios, shown, spreadOf } from './harness/statistics.ts';

interface Log {
  readonly append: () => Promise<unknown>;
  readonly close: () => PromiseLike<unknown>;
}

interface Contender {
  readonly name: string;
  readonly open: (folder: string) => Promise<Log>;
}

const draftOf = (kind: string) => ({
  at: '2026-01-01T00:00:00.000Z',
  kind,
  level: 'info' as const,
  message: 'A service did something',
  serviceId: 'svc_0123456789ab',
});

/** Baseline: appends lines to a file, with or without fdatasync. */
const bareLog = (name: string, sync: boolean): Contender => ({
  name,
  open: async (folder) => {
    const file = await open(join(folder, 'bare.log'), 'a');
    const line = `${JSON.stringify({ seq: 1, crc: 1, event: draftOf('bench.done') })}\n`;
    return {
      append: async () => {
        await file.write(line);
        if (sync) await file.datasync();
      },
      close: () => file.close(),
    };
  },
});

const telemetry = (name: string, kind: string): readonly Contender[] =>
  checkouts.map(({ label, load }) => ({
    name: `${name}${label}`,
    open: async (folder) => {
      const adapter = (await load('adapter-store-fs/dist/index.js')) as { readonly fsTelemetry: typeof fsTelemetry };
      const store = await adapter.fsTelemetry({ folder });
      return { append: () => store.append('default', [draftOf(kind)]), close: () => store[Symbol.asyncDispose]() };
    },
  }));

const WRITERS = [1, 64];
/** Each result is also printed as a ratio to the bare log before it. */
const PAIRS = [
  [bareLog('bare log with fdatasync', true), ...telemetry('committed events', 'bench.done')],
  [bareLog('bare log', false), ...telemetry('recorded events', 'service.tool_called')],
] as const;

/** Measures the events per second of the journal with 1 and 64 writers, relative to appending lines to a file. */
export async function benchAppends(rounds: number, appends: number): Promise<void> {
  process.stdout.write(`\nappends: median (min to max) of ${String(rounds)} rounds\n`);
  for (const pair of PAIRS) {
    for (const writers of WRITERS) {
      const measured = pair.map(({ name }) => ({ name, perSecond: [] as number[], cpuPerEvent: [] as number[] }));
      for (let round = 0; round <= rounds; round += 1) {
        for (let step = 0; step < pair.length; step += 1) {
          const index = (round + step) % pair.length;
          const contender = pair[index];
          if (contender === undefined) continue;
          const { perSecond, cpuPerEvent } = await appended(contender, writers, appends);
          // The first round is warm-up.
          if (round === 0) continue;
          measured[index]?.perSecond.push(perSecond);
          measured[index]?.cpuPerEvent.push(cpuPerEvent);
        }
      }
      print(writers, measured);
    }
  }
}

async function appended(contender: Contender, writers: number, appends: number) {
  const folder = await mkdtemp(join(tmpdir(), 'clarity-bench-'));
  const log = await contender.open(folder);
  let left = appends;
  const writer = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await log.append();
    }
  };
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(Array.from({ length: writers }, writer));
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  await log.close();
  await rm(folder, { recursive: true });
  return { perSecond: (appends * 1000) / ms, cpuPerEvent: (user + system) / appends };
}

interface Figures {
  readonly name: string;
  readonly perSecond: readonly number[];
  readonly cpuPerEvent: readonly number[];
}

function print(writers: number, [floor, ...others]: readonly Figures[]): void {
  if (floor === undefined) return;
  for (const { name, perSecond, cpuPerEvent } of [floor, ...others]) {
    const cpu = spreadOf(ratios(cpuPerEvent, floor.cpuPerEvent));
    const title = `appends: ${name}, ${String(writers)} at once`;
    report({ name: title, figure: 'cpu', unit: 'µs', value: spreadOf(cpuPerEvent), ratio: cpu });
    process.stdout.write(`  ${name}, ${String(writers)} at once\n`);
    const rate = shown(spreadOf(ratios(perSecond, floor.perSecond)));
    process.stdout.write(`    per second ${shown(spreadOf(perSecond), 0)}, ${rate} × the bare log\n`);
    process.stdout.write(`    CPU per event ${shown(spreadOf(cpuPerEvent), 0)} µs, ${shown(cpu)} × the bare log\n`);
  }
}
