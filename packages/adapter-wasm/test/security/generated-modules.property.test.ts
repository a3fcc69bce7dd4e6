import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProcessWasmHost, WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { isClarityError, RawJson } from '@clarity-runtime/core';
import type { WasmHost, WasmModule } from '@clarity-runtime/core/ports';
import { call, outcome, roomy } from '../support/host.ts';
import { add, buildModule, op, type BuiltModule } from '../support/wasm-module.ts';

/** Generated modules of each host; `npm run soak:guests` runs 5,000. */
const RUNS = Number(process.env.CLARITY_GUESTS ?? 20);
/** Milliseconds that this thread may be late. It shares its processors with the workers and with other suites. */
const LATE_MS = Number(process.env.CLARITY_GUESTS_LATE_MS ?? 2_000);

const size = fc.constantFrom(0, 1, 8, 65_535, 65_536, 1_000_000, -1);
/** Statements that leave the stack as it was. */
const statement: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.constant(op.loop()),
  fc.constant(op.unreachable),
  fc.constant([...op.call(0), ...op.drop]),
  fc.constant([...op.i64(1), ...op.i64(0), ...op.div64, ...op.drop]),
  size.map((pages) => [...op.i32(pages), ...op.memoryGrow, ...op.drop]),
  size.map((pages) => op.loop(op.i32(pages), op.memoryGrow, op.drop)),
  fc.tuple(size, size).map(([at, length]) => [...op.i32(at), ...op.i32(7), ...op.i32(length), ...op.memoryFill]),
  fc.tuple(size, size).map(([at, length]) => op.loop(op.i32(at), op.i32(7), op.i32(length), op.memoryFill)),
  size.map((entries) => [...op.refNull, ...op.i32(entries), ...op.tableGrow, ...op.drop]),
  size.map((entries) => op.loop(op.refNull, op.i32(entries), op.tableGrow, op.drop)),
  size.map((at) => [...op.i32(at), ...op.i64(-1), ...op.store64]),
);

const built: fc.Arbitrary<Uint8Array> = fc
  .record({
    body: fc.array(statement, { maxLength: 5 }),
    startBody: fc.option(fc.array(statement, { maxLength: 2 }), { freq: 4 }),
    min: fc.constantFrom(0, 1, 200, 65_536),
    entries: fc.constantFrom(0, 1, 60_000, 10_000_000),
  })
  .map(({ body, startBody, min, entries }) => {
    const run = { name: 'run', results: ['i64'], body: [...body.flat(), ...op.i64(1)] } as const;
    const parts: BuiltModule = { functions: [run, add], memory: { min }, table: { min: entries } };
    if (startBody === null) return buildModule(parts);
    return buildModule({ ...parts, functions: [run, add, { body: startBody.flat() }], start: 2 });
  });

/** A module whose bytes were changed at some places, or that was cut. */
const damaged: fc.Arbitrary<Uint8Array> = fc
  .tuple(built, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), fc.option(fc.nat(400)))
  .map(([bytes, changes, end]) => {
    const copy = Uint8Array.from(bytes);
    for (const [at, byte] of changes) if (at >= 8 && at < copy.length) copy[at] = byte;
    return end === null ? copy : copy.subarray(0, end);
  });

const REFUSALS = new Set(['MODULE_INVALID', 'WASM_CAPABILITY', 'WASM_DEADLINE']);
const { signal } = new AbortController();
const load = (host: WasmHost, wasm: Uint8Array): Promise<WasmModule> =>
  host.load({ wasm, limits: roomy, onLog: () => undefined, apart: false }, signal);

async function contained(host: WasmHost, wasm: Uint8Array): Promise<void> {
  let module: WasmModule;
  try {
    module = await load(host, wasm);
  } catch (error) {
    if (!isClarityError(error)) throw error;
    expect(REFUSALS).toContain(error.code);
    return;
  }
  for (const { name, inputSchema } of module.functions) {
    const count = Object.keys((inputSchema as { readonly properties?: object }).properties ?? {}).length;
    const args = Array<number>(count).fill(1);
    const reply = await module.call(name, RawJson.of(args), { signal, deadlineMs: 100 });
    if (reply.type === 'failure') expect(reply.code).toMatch(/^WASM_(?:TRAP|DEADLINE|LIMIT|ABI)$/);
  }
  await module.close();
}

test.each<[string, () => WasmHost]>([
  ['threads', () => new WorkerWasmHost({ loadMs: 1_000 })],
  ['processes', () => new ProcessWasmHost()],
])(
  'T-568 a generated module is refused or contained in %s, and other modules are answered',
  async (_, open) => {
    const host = open();
    const control = await load(host, buildModule({ functions: [add] }));
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const law = fc.asyncProperty(fc.oneof(built, damaged), async (wasm) => {
      await contained(host, wasm);
      expect(await outcome(call(control, 'add', [2, 3]))).toBe('value 5');
    });
    await fc.assert(law, { numRuns: RUNS, endOnFailure: true });
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(LATE_MS);
    await host[Symbol.asyncDispose]();
  },
  3_600_000,
);
