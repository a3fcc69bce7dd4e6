import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import type { WasmModule } from '@clarity-runtime/core/ports';
import { THREAD_OPTIONS } from '../../src/host/guest-worker.ts';
import { goodThread, Threads, WORKER_ENTRY } from '../support/broken-thread.ts';
import { call, hasty, load, longestPause, outcome, roomy, testHost } from '../support/host.ts';
import { add, answers, buildModule, counter, op, spin } from '../support/wasm-module.ts';

const wasm = buildModule({ functions: [add, counter, spin, answers('one', 1)] });
const sums = (module: WasmModule, count: number): readonly Promise<string>[] =>
  Array.from({ length: count }, (_, index) => outcome(call(module, 'add', [index, 1])));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('call returns 1,000 results in the order of the calls', async () => {
  const { module } = await load(testHost(), wasm);
  const order: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const replies = sums(module, 200).map(async (reply) => order.push(await reply));
    await Promise.all(replies);
  }
  expect(order).toEqual(Array.from({ length: 1_000 }, (_, index) => `value ${String((index % 200) + 1)}`));
});

test('the next worker runs the calls behind a call that reached its deadline', async () => {
  const { module } = await load(testHost(), wasm, hasty);
  const replies = [...sums(module, 3), outcome(call(module, 'spin')), ...sums(module, 30)];
  const answers = await Promise.all(replies);
  expect(answers.filter((answer) => answer.startsWith('WASM_DEADLINE'))).toHaveLength(1);
  expect(answers.slice(0, 3)).toEqual(['value 1', 'value 2', 'value 3']);
  expect(answers.slice(4)).toEqual(Array.from({ length: 30 }, (_, index) => `value ${String(index + 1)}`));
});

test('call accepts a shorter deadline than that of the module', async () => {
  const { module } = await load(testHost(), wasm, roomy);
  const signal = new AbortController().signal;
  const reply = module.call('spin', RawJson.of({}), { signal, deadlineMs: 100 });
  expect(await outcome(reply)).toBe('WASM_DEADLINE it ran for 100 ms');
});

test('call rejects with WASM_BUSY when the queue is full, and queued calls return', async () => {
  const { module } = await load(testHost({ queueLimit: 256 }), wasm);
  const answers = await Promise.all(sums(module, 300));
  expect(answers.filter((answer) => answer.startsWith('WASM_BUSY'))).toHaveLength(44);
  expect(answers.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, index) => `value ${String(index + 1)}`));
});

test('W15 sixty concurrent endless loops end for every caller, and this thread is not blocked', async () => {
  const host = testHost({ queueWaitMs: 5_000 });
  const { module } = await load(host, wasm, hasty);
  const replies = Promise.all(Array.from({ length: 60 }, () => outcome(call(module, 'spin'))));
  expect(await longestPause(replies)).toBeLessThan(2_000);
  const answers = await replies;
  expect(answers.filter((answer) => /^WASM_(DEADLINE|BUSY)/.test(answer))).toHaveLength(60);
  expect(answers.some((answer) => answer === 'WASM_BUSY it waited too long for its turn')).toBe(true);
  expect(host.stats.live).toBeLessThanOrEqual(32);
  expect(await outcome(call(module, 'one'))).toBe('value 1');
});

test('R22a calls behind a loop of another module are refused long before its deadline when no worker is free', async () => {
  const host = testHost({ maxWorkers: 1, queueWaitMs: 600_000 });
  const { module: looping } = await load(host, wasm, { ...roomy, deadlineMs: 600_000 });
  const { module: other } = await load(host, wasm);
  const caller = new AbortController();
  const spinning = call(looping, 'spin', {}, caller.signal).catch(() => 'aborted');
  const behind = outcome(call(looping, 'add', [2, 3]));
  const refused = await Promise.all(sums(other, 3));
  expect(refused).toEqual(Array(3).fill('WASM_BUSY calls of other modules occupy every worker'));
  caller.abort();
  expect(await spinning).toBe('aborted');
  expect(await behind).toBe('value 5');
  expect(await sums(other, 1)[0]).toBe('value 1');
});

test('W15 modules share a bounded number of threads, and idle modules are evicted and loaded again', async () => {
  const host = testHost({ maxWorkers: 3, queueWaitMs: 100_000 });
  const modules: WasmModule[] = [];
  for (let index = 0; index < 8; index += 1) modules.push((await load(host, wasm, hasty)).module);
  const answers = await Promise.all(modules.flatMap((module) => [outcome(call(module, 'spin')), ...sums(module, 1)]));
  expect(answers).toEqual(modules.flatMap(() => ['WASM_DEADLINE it ran for 300 ms', 'value 1']));
  expect(host.stats.live).toBeLessThanOrEqual(3);
});

test('an idle worker is ended, and the next call starts another', async () => {
  const host = testHost({ idleMs: 20 });
  const { module } = await load(host, wasm);
  expect(await outcome(call(module, 'count'))).toBe('value 1');
  const before = host.stats.live;
  await until(() => host.stats.live < before);
  expect(await outcome(call(module, 'count'))).toBe('value 1');
});

test('call rejects at once when its caller aborts, waiting or running', async () => {
  const { module } = await load(testHost(), wasm, roomy);
  const running = new AbortController();
  const waiting = new AbortController();
  const spinning = call(module, 'spin', {}, running.signal);
  const queued = call(module, 'one', {}, waiting.signal);
  const behind = outcome(call(module, 'one'));
  waiting.abort();
  await expect(queued).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
  running.abort();
  await expect(spinning).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
  // The deadline is 30 s, so the next call returns only because the abort ended the loop.
  expect(await behind).toBe('value 1');
  await expect(call(module, 'one', {}, running.signal)).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
});

test('load rejects when its caller aborts', async () => {
  const host = testHost();
  const caller = new AbortController();
  const endless = buildModule({ functions: [{ body: op.loop() }, add], start: 0 });
  const loading = host.load({ wasm: endless, limits: roomy, onLog: () => undefined }, caller.signal);
  setTimeout(() => {
    caller.abort();
  }, 50);
  await expect(loading).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
});

test('T-251 a worker has no environment, no arguments and no input', async () => {
  process.env.CLARITY_TEST_SECRET = 'hunter2';
  const report =
    'require("node:worker_threads").parentPort.postMessage([process.env, process.argv.slice(2), process.execArgv])';
  const worker = new Worker(report, { ...THREAD_OPTIONS, eval: true });
  delete process.env.CLARITY_TEST_SECRET;
  expect(worker.resourceLimits).toMatchObject({ maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 });
  expect(await once(worker, 'message')).toEqual([[{}, [], []]]);
  expect(worker.stdin).toBeNull();
  await worker.terminate();
});

test('a caller that waits for a thread can abort', async () => {
  const host = testHost({ maxWorkers: 1 });
  const { module } = await load(host, wasm, hasty);
  const spinning = outcome(call(module, 'spin'));
  const caller = new AbortController();
  const loading = host.load({ wasm, limits: roomy, onLog: () => undefined }, caller.signal);
  await until(() => host.stats.waiting === 1);
  caller.abort();
  await expect(loading).rejects.toMatchObject({ failure: { code: 'CALL_CANCELLED' } });
  expect(host.stats.waiting).toBe(0);
  expect(await spinning).toMatch(/^WASM_DEADLINE/);
});

/** A thread that follows the protocol of a worker up to the first call, and then runs `onCall`. */
const stub = (onCall: string): (() => Worker) => {
  const source = `
    const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (order) => {
      if (order.type === 'load') {
        const signature = { name: 'one', effects: [], params: [], result: { kind: 'Int64' } };
        const plan = { document: { functions: [signature], types: {} }, imports: [], limits: order.limits };
        parentPort.postMessage({ type: 'loaded', guest: { type: 'module', module: new WebAssembly.Module(order.wasm), plan } });
      }
      if (order.type === 'calls') { ${onCall} }
    });
    parentPort.postMessage({ type: 'ready' });`;
  return () => new Worker(source, { ...THREAD_OPTIONS, eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
};

test('T-252 a full heap of a worker fails the running call with WASM_LIMIT', async () => {
  const host = testHost({ startThread: stub('const all = []; for (;;) all.push(new Array(1e5).fill(0));') });
  const { module } = await load(host, wasm);
  expect(await outcome(call(module, 'one'))).toBe('WASM_LIMIT the function used up the memory of its worker');
  expect(await outcome(call(module, 'one'))).toMatch(/^WASM_LIMIT/);
});

test('a worker that ends unexpectedly fails the running call', async () => {
  const { module } = await load(testHost({ startThread: stub('process.exit(1);') }), wasm);
  expect(await outcome(call(module, 'one'))).toBe('WASM_TRAP its worker ended');
});

test('calls reject and the module closes when no worker can be started', async () => {
  const threads = new Threads();
  const host = testHost({ startThread: threads.start, maxWorkers: 1, idleMs: 10 });
  const { module } = await load(host, wasm);
  expect(await outcome(call(module, 'one'))).toBe('value 1');
  threads.broken = true;
  await until(() => host.stats.live === 0);
  await expect(call(module, 'one')).rejects.toMatchObject({ failure: { code: 'SERVICE_START_FAILED' } });
});

class StuckWorker extends Worker {
  override terminate(): Promise<number> {
    return new Promise(() => undefined);
  }
}

test('a thread that does not end counts as wedged, and its module continues on another', async () => {
  const started: Worker[] = [];
  const start = (): Worker => {
    const worker = started.length === 0 ? new StuckWorker(WORKER_ENTRY, THREAD_OPTIONS) : goodThread();
    started.push(worker);
    return worker;
  };
  const host = testHost({ startThread: start });
  const { module } = await load(host, wasm, hasty);
  expect(await outcome(call(module, 'spin'))).toMatch(/^WASM_DEADLINE/);
  expect(await outcome(call(module, 'one'))).toBe('value 1');
  await until(() => host.stats.wedged === 1);
  const [stuck] = started;
  if (stuck !== undefined) await Worker.prototype.terminate.call(stuck);
  await until(() => host.stats.wedged === 0);
});

test('close rejects running calls and every later call and load', async () => {
  const host = testHost();
  const { module } = await load(host, wasm);
  const running = call(module, 'spin');
  const refused = expect(running).rejects.toMatchObject({ failure: { code: 'SERVICE_STOPPED' } });
  await host[Symbol.asyncDispose]();
  await refused;
  await expect(call(module, 'one')).rejects.toMatchObject({ failure: { code: 'SERVICE_STOPPED' } });
  await expect(load(host, wasm)).rejects.toMatchObject({ failure: { code: 'SERVICE_STOPPED' } });
  expect(host.stats.live).toBe(0);
});
