import { expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { call, hasty, load, longestPause, outcome, roomy, testHost } from '../support/host.ts';
import { add, answers, buildModule, op, spin, type BuiltModule } from '../support/wasm-module.ts';

/** Limit for the time that the thread of the daemon is blocked; shorter than a call may take. */
const RESPONSIVE_MS = 2_000;
const signal = new AbortController().signal;

/** Returns the outcome of a call of `f`, and checks that a later call of `add` succeeds. */
async function survives(parts: BuiltModule, limits = hasty): Promise<string> {
  const host = testHost();
  const { module } = await load(host, buildModule({ ...parts, functions: [...(parts.functions ?? []), add] }), limits);
  const first = outcome(call(module, 'f'));
  expect(await longestPause(first)).toBeLessThan(RESPONSIVE_MS);
  expect(await outcome(call(module, 'add', { arg0: 2, arg1: 3 }))).toBe('value 5');
  return first;
}

const f = (...body: readonly (readonly number[])[]): BuiltModule => ({
  functions: [{ name: 'f', results: ['i64'], body: body.flat() }],
});

test('W00 a valid module runs', async () => {
  const { module } = await load(testHost(), buildModule({ functions: [answers('f', 1)] }));
  expect(await outcome(call(module, 'f'))).toBe('value 1');
});

test('W01 an endless loop ends at its deadline, and the next call succeeds', async () => {
  expect(await survives(f(op.loop(), op.i64(0)))).toBe('WASM_DEADLINE it ran for 300 ms');
});

test('W02 a start function that never returns is ended at the load deadline', async () => {
  const host = testHost({ loadMs: 300 });
  const wasm = buildModule({ functions: [spin, { body: op.loop() }], start: 1 });
  const loading = load(host, wasm);
  await expect(loading).rejects.toMatchObject({
    failure: {
      code: 'WASM_DEADLINE',
      message: expect.stringContaining('the start function of the module did not end within 300 ms'),
    },
  });
});

test('W02 load rejects a module whose start function traps', async () => {
  const wasm = buildModule({ functions: [{ body: op.unreachable }, add], start: 0 });
  await expect(load(testHost(), wasm)).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('it could not be instantiated: unreachable') },
  });
});

test('W03 T-252 unlimited growth of memory stops at the cap', async () => {
  const grow = f(op.loop(op.i32(1), op.memoryGrow, op.drop), op.i64(0));
  expect(await survives({ ...grow, memory: { min: 1 } })).toBe('WASM_DEADLINE it ran for 300 ms');
  const pages = f(op.i32(1_000), op.memoryGrow, op.drop, op.i32(255), op.memoryGrow, op.drop, op.memorySize, [0xad]);
  expect(await survives({ ...pages, memory: { min: 1 } }, roomy)).toBe('value 256');
});

test('W04 W05 load rejects a module that declares more memory or table entries than the caps', async () => {
  const host = testHost();
  for (const parts of [{ memory: { min: 65_536 } }, { table: { min: 10_000_000 } }]) {
    await expect(load(host, buildModule({ ...parts, functions: [add] }))).rejects.toMatchObject({
      failure: { code: 'MODULE_INVALID', message: expect.stringContaining('from the start, the limit is') },
    });
  }
});

test('W05 unlimited growth of a table stops at the cap', async () => {
  const grow = f(op.loop(op.refNull, op.i32(60_000), op.tableGrow, op.drop), op.i64(0));
  expect(await survives({ ...grow, table: { min: 1 } })).toBe('WASM_DEADLINE it ran for 300 ms');
});

test('W06 an import that does not exist, and one that is not granted, are refused by name', async () => {
  const host = testHost();
  await expect(load(host, buildModule({ imports: [{ name: 'system' }] }))).rejects.toMatchObject({
    failure: { code: 'MODULE_INVALID', message: expect.stringContaining('env.system') },
  });
  const secret = { name: 'get_secret', params: ['i32'], results: ['i32'] } as const;
  await expect(load(host, buildModule({ imports: [secret] }))).rejects.toMatchObject({
    failure: { code: 'WASM_CAPABILITY', message: expect.stringContaining('env.get_secret') },
  });
});

test('W07 unbounded recursion traps', async () => {
  expect(await survives(f(op.call(0)), roomy)).toBe('WASM_TRAP the recursion went too deep');
});

test.each<[string, BuiltModule, string]>([
  ['unreachable', f(op.unreachable), 'unreachable'],
  ['a division by zero', f(op.i64(1), op.i64(0), op.div64), 'divide by zero'],
  ['a load out of bounds', f(op.i32(-8), op.load64), 'memory access out of bounds'],
  [
    'an indirect call of nothing',
    { ...f(op.i32(0), [0x11, 0, 0]), table: { min: 1 } },
    'null function or function signature mismatch',
  ],
])('W08 %s traps', async (_, parts, message) => {
  expect(await survives(parts, roomy)).toMatch(new RegExp(`^WASM_TRAP ${message}`));
});

test('W09 load rejects bytes that are not a module, and a module that does not compile', async () => {
  const host = testHost();
  const wasms = [new Uint8Array(), buildModule({ functions: [add] }).subarray(0, 25), Uint8Array.of(1, 2, 3)];
  for (const wasm of [...wasms, buildModule({ functions: [{ name: 'f', results: ['i64'], body: op.i32(1) }] })]) {
    await expect(load(host, wasm)).rejects.toMatchObject({ failure: { code: 'MODULE_INVALID' } });
  }
});

test('loops of bulk instructions end at their deadline', async () => {
  const fill = op.loop(op.i32(0), op.i32(0), op.i32(8 << 20), op.memoryFill);
  expect(await survives({ ...f(fill, op.i64(0)), memory: { min: 256 } })).toMatch(/^WASM_DEADLINE/);
  const tables = op.loop(op.i32(0), op.refNull, op.i32(60_000), op.tableFill);
  expect(await survives({ ...f(tables, op.i64(0)), table: { min: 60_000 } })).toMatch(/^WASM_DEADLINE/);
});

test('W17 exports with hostile names cannot be called', async () => {
  const names = ['__proto__', 'constructor', 'then', '', '\u001b[31mx', '<b>', 'toString', 'a.b', 'ok'];
  const { module } = await load(testHost(), buildModule({ functions: names.map((name) => answers(name, 7)) }));
  expect(module.functions.map(({ name }) => name)).toEqual(['constructor', 'then', 'toString', 'ok']);
  for (const { name } of module.functions) expect(await outcome(call(module, name))).toBe('value 7');
  expect(await outcome(call(module, '__proto__'))).toMatch(/^ARGUMENTS_INVALID/);
});

test('W17 the first 1,000 of 5,000 exports can be called', async () => {
  const functions = Array.from({ length: 5_000 }, (_, index) => answers(`f${String(index)}`, index));
  const { module } = await load(testHost(), buildModule({ functions }));
  expect(module.functions).toHaveLength(1_000);
  expect(await outcome(call(module, 'f999'))).toBe('value 999');
});

test('W18 arguments of a wrong type are rejected with the parameter name before the function runs', async () => {
  const { module } = await load(testHost(), buildModule({ functions: [add] }));
  const wrong: readonly unknown[] = [
    'x',
    5,
    null,
    {},
    [null, 1],
    [{}, 1],
    [1],
    { arg0: 1 },
    { arg0: 1, arg1: 'two' },
    { arg0: 1.5, arg1: 1 },
    { arg0: 1, arg1: 2, arg2: 3 },
    Array<number>(10_000).fill(1),
    { args: 'x' },
    { arg0: '9223372036854775808', arg1: 0 },
  ];
  for (const args of wrong) expect(await outcome(call(module, 'add', args))).toMatch(/^ARGUMENTS_INVALID ./);
  expect(await outcome(module.call('add', RawJson.fromText('[1e400, 1]'), { signal }))).toMatch(/^ARGUMENTS_INVALID ./);
  expect(await outcome(call(module, 'add', { arg0: 1, arg1: 'two' }))).toContain('arg1');
});

test('W14 a call passes twenty numbers', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `arg${String(index)}`);
  const body = names.flatMap((_, index) => [...op.get(index), ...(index === 0 ? [] : op.add64)]);
  const sum = { name: 'sum', params: names.map(() => 'i64' as const), results: ['i64' as const], body };
  const { module } = await load(testHost(), buildModule({ functions: [sum] }));
  expect(await outcome(call(module, 'sum', { args: names.map((_, index) => index) }))).toBe('value 190');
});

test('an Int64 keeps all its digits in arguments and results', async () => {
  const { module } = await load(testHost(), buildModule({ functions: [add] }));
  const sum = (text: string): Promise<string> => outcome(module.call('add', RawJson.fromText(text), { signal }));
  expect(await sum('{"arg0": 9007199254740993, "arg1": "0"}')).toBe('value "9007199254740993"');
  expect(await sum('{"args": ["9223372036854775807", 1]}')).toBe('value "-9223372036854775808"');
  expect(await sum('[2, 3]')).toBe('value 5');
});

test('NaN and infinities are strings in arguments and results', async () => {
  const nan = { name: 'nan', results: ['f64'], body: [0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f] } as const;
  const { module } = await load(testHost(), buildModule({ functions: [nan] }));
  expect(await outcome(call(module, 'nan'))).toBe('value "NaN"');
});
