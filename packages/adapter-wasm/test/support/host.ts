import { afterEach } from '@jest/globals';
import { WorkerWasmHost, type WorkerWasmHostOptions } from '@clarity-runtime/adapter-wasm';
import { RawJson } from '@clarity-runtime/core';
import type { WasmLimits, WasmModule, WasmReply } from '@clarity-runtime/core/ports';

export const roomy: WasmLimits = { deadlineMs: 30_000, maxMemoryBytes: 16 << 20, maxResultBytes: 1 << 20 };
/** A deadline for calls that have to reach it. */
export const hasty: WasmLimits = { ...roomy, deadlineMs: 300 };

const open: WorkerWasmHost[] = [];

/** Returns a host that is closed at the end of the test. */
export function testHost(options: WorkerWasmHostOptions = {}): WorkerWasmHost {
  const host = new WorkerWasmHost(options);
  open.push(host);
  return host;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host[Symbol.asyncDispose]()));
});

export interface TestModule {
  readonly module: WasmModule;
  readonly lines: readonly string[];
}

export async function load(host: WorkerWasmHost, wasm: Uint8Array, limits: WasmLimits = roomy): Promise<TestModule> {
  const lines: string[] = [];
  const module = await host.load({ wasm, limits, onLog: (line) => lines.push(line) }, new AbortController().signal);
  return { module, lines };
}

export const call = (module: WasmModule, name: string, args: unknown = {}, signal?: AbortSignal): Promise<WasmReply> =>
  module.call(name, RawJson.of(args), { signal: signal ?? new AbortController().signal });

/** `value 5`, `WASM_TRAP unreachable`. */
export async function outcome(reply: Promise<WasmReply>): Promise<string> {
  const answer = await reply;
  return answer.type === 'failure' ? `${answer.code} ${answer.message}` : `${answer.type} ${answer.json.text}`;
}

/** Returns the longest time in milliseconds for which this thread was blocked during `work`. */
export async function longestPause(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  await work;
  clearInterval(timer);
  return longest;
}
