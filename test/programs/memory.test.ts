import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { WasmReply } from '@clarity-runtime/core/ports';
import { afterAll, expect, test } from '@jest/globals';

const SOURCE = `module growth
export function text(pieces: Int64) -> Int64 { string_length(more(pieces, "")) }
export function text_in_front(pieces: Int64) -> Int64 { string_length(in_front(pieces, "")) }
export function list(elements: Int64) -> Int64 { length(longer(elements, [])) }
export function changed(elements: Int64, times: Int64) -> Int64 {
  let start: List<Int64> = [];
  head(set(longer(elements, start), times))
}

function more(left: Int64, text: String) -> String {
  match left { 0 -> text, _ -> more(left - 1, text ++ "piece " ++ int_to_string(left % 10)) }
}
function in_front(left: Int64, text: String) -> String {
  match left { 0 -> text, _ -> in_front(left - 1, "piece " ++ text) }
}
function longer(left: Int64, list: List<Int64>) -> List<Int64> {
  match left { 0 -> list, _ -> longer(left - 1, append(list, left)) }
}
function set(list: List<Int64>, times: Int64) -> List<Int64> {
  match times { 0 -> list, _ -> set(list_set(list, 0, times), times - 1) }
}
`;
const MEBIBYTE = 1 << 20;

const host = new WorkerWasmHost();
const signal = new AbortController().signal;

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

async function answer(maxMemoryBytes: number, name: string, args: readonly number[]): Promise<string> {
  const compiled = compile({ file: 'growth', text: SOURCE });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(formatDiagnostic).join('\n'));
  const { wasm, document } = compiled;
  const limits = { deadlineMs: 60_000, maxMemoryBytes, maxResultBytes: MEBIBYTE };
  const module = await host.load({ wasm, document, limits, onLog: () => undefined }, signal);
  const reply: WasmReply = await module.call(name, RawJson.of(args), { signal });
  await module.close();
  return reply.type === 'failure' ? reply.code : reply.json.text;
}

test.each([
  ['a text of 100,000 pieces', 'text', [100_000], '700000'],
  ['a text of 100,000 pieces that are put in front', 'text_in_front', [100_000], '600000'],
  ['a list of 200,000 elements', 'list', [200_000], '200000'],
  ['a list of 1,000 elements that is changed 1,000 times', 'changed', [1_000, 1_000], '1'],
])('%s fits into 16 MiB', async (_, name, args, expected) => {
  expect(await answer(16 * MEBIBYTE, name, args)).toBe(expected);
});

test('a program that exceeds 16 MiB is refused there and runs with a larger cap', async () => {
  expect(await answer(16 * MEBIBYTE, 'list', [600_000])).toBe('WASM_LIMIT');
  expect(await answer(64 * MEBIBYTE, 'list', [600_000])).toBe('600000');
});
