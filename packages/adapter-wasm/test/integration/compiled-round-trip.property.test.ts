import { WorkerWasmHost } from '@clarity-runtime/adapter-wasm';
import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { RawJson } from '@clarity-runtime/core';
import type { WasmModule } from '@clarity-runtime/core/ports';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitsSchema } from '../../../../test/support/fits-schema.ts';

/** Number of values of each type; the long form takes 1,000. */
const VALUES = Number(process.env['CLARITY_ROUND_TRIPS'] ?? 150);

const TYPES = `
type Point = { x: Int64, name: String, weight: Option<Float64> }
type Color = | Red | Green
type Shape = | Dot | Circle(radius: Float64) | Path(points: List<Point>, color: Color)
type Tree = | Leaf | Node(left: Tree, item: Int64, right: Tree)
`;

const least = -(1n << 63n);
const most = (1n << 63n) - 1n;

// Values in the JSON form of results: an integer beyond 2^53 is a string.
const int = fc
  .oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: least, max: most }), fc.constantFrom(least, most))
  .map((value) => (Number.isSafeInteger(Number(value)) ? String(value) : `"${String(value)}"`));
const float = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? '-0' : String(value)));
const bool = fc.constantFrom('true', 'false');
const text = fc.string({ unit: 'binary', maxLength: 100 }).map((value) => JSON.stringify(value));
const bytes = fc.uint8Array({ maxLength: 50 }).map((value) => `"${Buffer.from(value).toString('base64')}"`);
const time = fc
  .integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
  .map((value) => `"${new Date(value).toISOString()}"`);

type Json = fc.Arbitrary<string>;

const list = (item: Json): Json =>
  fc.array(item, { maxLength: 30, size: 'max' }).map((items) => `[${items.join(',')}]`);
const option = (value: Json): Json => fc.oneof(fc.constant('null'), value);
const result = (ok: Json, err: Json): Json =>
  fc.oneof(
    ok.map((json) => `{"ok":${json}}`),
    err.map((json) => `{"err":${json}}`),
  );
const map = (key: Json, value: Json): Json =>
  fc
    .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 20 })
    .map((entries) => `{${entries.map(([name, json]) => `${name}:${json}`).join(',')}}`);
const record = (fields: Readonly<Record<string, Json>>): Json =>
  fc
    .tuple(...Object.entries(fields).map(([name, value]) => value.map((json) => `"${name}":${json}`)))
    .map((members) => `{${members.join(',')}}`);

const intKey = fc.bigInt({ min: least, max: most }).map((value) => `"${String(value)}"`);
const point = record({ x: int, name: text, weight: option(float) });
const color = fc.constantFrom('"Red"', '"Green"');
const shape = fc.oneof(
  fc.constant('{"tag":"Dot"}'),
  record({ tag: fc.constant('"Circle"'), radius: float }),
  record({ tag: fc.constant('"Path"'), points: list(point), color }),
);
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constant('{"tag":"Leaf"}'),
    record({ tag: fc.constant('"Node"'), left: tie('tree'), item: int, right: tie('tree') }),
  ),
}));

const CASES: readonly (readonly [type: string, values: Json])[] = [
  ['Int64', int],
  ['Float64', float],
  ['Bool', bool],
  ['String', text],
  ['Bytes', bytes],
  ['Timestamp', time],
  ['List<Int64>', list(int)],
  ['List<List<String>>', list(list(text))],
  ['Option<Int64>', option(int)],
  ['Option<Option<String>>', option(option(text).map((json) => `{"tag":"Some","value":${json}}`))],
  ['List<Result<Float64, String>>', list(result(float, text))],
  ['Map<String, Float64>', map(text, float)],
  ['Map<Int64, List<Bool>>', map(intKey, list(bool))],
  ['Point', point],
  ['Color', color],
  ['Shape', shape],
  ['Tree', tree],
  ['Map<String, Shape>', map(text, shape)],
];

const host = new WorkerWasmHost();
const signal = new AbortController().signal;
let module: WasmModule;

beforeAll(async () => {
  const functions = CASES.map(([type], at) => `function same_${String(at)}(value: ${type}) -> ${type} { value }`);
  const source = `module round_trip\n${TYPES}${functions.join('\n')}\n`;
  const compiled = compile({ file: 'round-trip', text: source });
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(formatDiagnostic).join('\n'));
  const { wasm, document } = compiled;
  const limits = { deadlineMs: 60_000, maxMemoryBytes: 16 << 20, maxResultBytes: 1 << 20 };
  module = await host.load({ wasm, document, limits, onLog: () => undefined }, signal);
});

afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

test.each(CASES.map(([type, values], at) => [type, values, at] as const))(
  'a compiled function returns every value of %s unchanged, and both fit their schemas',
  async (_, values, at) => {
    const name = `same_${String(at)}`;
    const plan = module.functions.find((candidate) => candidate.name === name);
    const { inputSchema, outputSchema } = plan ?? {};
    if (inputSchema === undefined || outputSchema === undefined) throw new Error(`${name} does not exist`);
    const isRecord = CASES[at]?.[0] === 'Point';
    const check = async (json: string): Promise<void> => {
      const args = RawJson.fromText(`{"value":${json}}`);
      expect([json, fitsSchema(inputSchema, args.value)]).toEqual([json, true]);
      const reply = await module.call(name, args, { signal });
      expect(reply.type === 'failure' ? reply.message : reply.json.text).toBe(json);
      const value: unknown = JSON.parse(json);
      expect([json, fitsSchema(outputSchema, isRecord ? value : { result: value })]).toEqual([json, true]);
    };
    await fc.assert(fc.asyncProperty(values, check), { numRuns: VALUES });
  },
);
