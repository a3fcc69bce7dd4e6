import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { call, hasty, load, longestPause, outcome, testHost } from '../support/host.ts';
import { add, buildModule, op, u32 } from '../support/wasm-module.ts';

const run = promisify(execFile);
const index = new URL('../../dist/index.js', import.meta.url).href;
const core = new URL('../../../core/dist/index.js', import.meta.url).href;

/** A program that loads a module, calls it and has no other work. */
const program = (end: string): string => `
  import { RawJson } from ${JSON.stringify(core)};
  import { WorkerWasmHost } from ${JSON.stringify(index)};
  const host = new WorkerWasmHost();
  const wasm = Uint8Array.from(${JSON.stringify([...buildModule({ functions: [add] })])});
  const limits = { deadlineMs: 5000, maxMemoryBytes: 1 << 20, maxResultBytes: 1000 };
  const { signal } = new AbortController();
  const module = await host.load({ wasm, limits, onLog() {} }, signal);
  const reply = await module.call('add', RawJson.of([2, 3]), { signal });
  console.log(reply.json.text);
  ${end}`;

test.each([
  ['is not closed', ''],
  ['is closed', 'await host[Symbol.asyncDispose](); console.log("closed");'],
])('a call returns in an otherwise idle process, and a host that %s lets the process end', async (title, end) => {
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program(end)], {
    timeout: 30_000,
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(title === 'is closed' ? '5\nclosed\n' : '5\n');
});

test('log lines from before the deadline of a call are delivered', async () => {
  const wasm = buildModule({
    imports: [{ name: 'print_string', params: ['i32'] }],
    functions: [{ name: 'f', results: ['i64'], body: [...op.i32(0), ...op.call(0), ...op.loop(), ...op.i64(0)] }],
    data: [[0, [2, 0, 0, 0, 0x68, 0x69]]],
  });
  const { module, lines } = await load(testHost(), wasm, hasty);
  expect(await outcome(call(module, 'f'))).toMatch(/^WASM_DEADLINE/);
  expect(lines).toEqual(['hi']);
});

/** Twenty functions of 250,000 instructions, in all 15,000,150 bytes. */
function bulkyModule(): Uint8Array {
  const count = 20;
  const repeats = 250_000;
  const body = new Uint8Array(repeats * 3 + 2);
  for (let index = 0; index < repeats; index += 1) body.set([0x41, 1, 0x1a], 1 + index * 3);
  body[body.length - 1] = 0x0b;
  const size = u32(body.length);
  const code = [...u32(1 + count * (size.length + body.length)), count];
  const functions = [3, count + 1, count, ...Array<number>(count).fill(0)];
  const exported = [7, 5, 1, 1, 0x66, 0, 0];
  const start = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, ...functions, ...exported, 10, ...code];
  return Buffer.concat([
    Uint8Array.from(start),
    ...Array.from({ length: count }, () => [Uint8Array.from(size), body]).flat(),
  ]);
}

test('T-253 a module of 15 MB is checked and compiled in another thread', async () => {
  const wasm = bulkyModule();
  expect(wasm).toHaveLength(15_000_150);
  const loading = load(testHost(), wasm);
  expect(await longestPause(loading)).toBeLessThan(2_000);
  expect((await loading).module.functions).toHaveLength(1);
});
