import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { Worker } from 'node:worker_threads';
import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { Measured } from './harness/rounds.ts';
import { printMeasured } from './harness/report.ts';
import { ratios, spreadOf } from './harness/statistics.ts';

const IN_FLIGHT = 64;
const GOAL = 0.2;
const SOURCE = 'module adder\n\nfunction add(a: Int64, b: Int64) -> Int64 {\n  a + b\n}\n';

interface Contender {
  readonly name: string;
  readonly call: () => Promise<unknown>;
}

/** Runs calls with a fixed concurrency. Returns the duration in milliseconds. */
async function run({ call }: Contender, calls: number): Promise<number> {
  let left = calls;
  const from = performance.now();
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  return performance.now() - from;
}

/** Baseline: all requests of one turn of the event loop are one message, and its echo is one message. */
function echo(worker: Worker): Contender {
  const open = new Map<number, () => void>();
  let waiting: { id: number; name: string; args: string }[] = [];
  let last = 0;
  worker.on('message', (batch: readonly { id: number }[]) => {
    for (const { id } of batch) {
      open.get(id)?.();
      open.delete(id);
    }
  });
  return {
    name: 'batched postMessage echo',
    call: () =>
      new Promise<void>((resolve) => {
        last += 1;
        open.set(last, resolve);
        waiting.push({ id: last, name: 'add', args: '{"a":2,"b":3}' });
        if (waiting.length > 1) return;
        queueMicrotask(() => {
          worker.postMessage(waiting);
          waiting = [];
        });
      }),
  };
}

/** Measures calls of a local function through the WASM host with a concurrency of 64, relative to an echo. */
export async function benchWasmCalls(rounds: number, calls: number): Promise<void> {
  const compiled = compile({ file: 'adder.clarity', text: SOURCE });
  if (!compiled.ok) throw new Error('the source does not compile');
  const { wasm, document } = compiled;
  const worker = new Worker(join(import.meta.dirname, 'floors', 'echo-worker.mjs'));
  await using host = new WorkerWasmHost();
  const signal = new AbortController().signal;
  const limits = { deadlineMs: 10_000, maxMemoryBytes: 16 << 20, maxResultBytes: 65_536 };
  const module = await host.load({ wasm, document, limits, onLog: () => undefined }, signal);
  const args = RawJson.of({ a: 2, b: 3 });
  const contenders: readonly Contender[] = [
    echo(worker),
    {
      name: 'add(2, 3) through the WASM host',
      call: async () => {
        const reply = await module.call('add', args, { signal });
        if (reply.type !== 'value' || reply.json.text !== '5') throw new Error('a wrong answer');
      },
    },
  ];
  for (const contender of contenders) await run(contender, calls);
  const measured: { name: string; callsPerSecond: number[]; cpuPerCall: number[] }[] = contenders.map(({ name }) => ({
    name,
    callsPerSecond: [],
    cpuPerCall: [],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (let step = 0; step < contenders.length; step += 1) {
      const at = (round + step) % contenders.length;
      const [contender, result] = [contenders[at], measured[at]];
      if (contender === undefined || result === undefined) continue;
      const before = cpuUsage();
      const ms = await run(contender, calls);
      const { user, system } = cpuUsage(before);
      result.cpuPerCall.push((user + system) / calls);
      result.callsPerSecond.push((calls * 1000) / ms);
    }
  }
  await worker.terminate();
  report(measured);
}

function report(measured: readonly Measured[]): void {
  printMeasured(`wasm calls, ${String(IN_FLIGHT)} in flight`, measured);
  const [floor, host] = measured;
  if (floor === undefined || host === undefined) return;
  const { median } = spreadOf(ratios(host.callsPerSecond, floor.callsPerSecond));
  process.stdout.write(`  ${median.toFixed(2)} × the floor, the goal is ${String(GOAL)}\n`);
}
