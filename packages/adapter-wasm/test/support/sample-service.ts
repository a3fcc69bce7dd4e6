import { type ClarityFunction, type ClarityType, type InterfaceDocument } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { add, buildModule, op, spin, type BuiltFunction, type Core } from './wasm-module.ts';

const int64: ClarityType = { kind: 'Int64' };
const string: ClarityType = { kind: 'String' };
const point: ClarityType = { kind: 'Named', name: 'Point' };
const parsed: ClarityType = { kind: 'Result', ok: int64, error: string };

interface SampleFunction extends ClarityFunction {
  readonly built: BuiltFunction;
}

const FAILED_AT = 64;
const TEXT_AT = 96;
const ALLOC = 0;
const PRINT = 1;

function sample(
  name: string,
  types: readonly (readonly [string, ClarityType])[],
  result: ClarityType,
  body: readonly number[],
): SampleFunction {
  const params = types.map(([param, type]) => ({ name: param, type }));
  const core = ({ kind }: ClarityType): Core => (kind === 'Int64' ? 'i64' : 'i32');
  const results = result.kind === 'Unit' ? [] : [core(result)];
  const built: BuiltFunction = { name, params: params.map(({ type }) => core(type)), results, locals: ['i32'], body };
  return { name, effects: [], params, result, built };
}

const functions: readonly SampleFunction[] = [
  {
    ...sample(
      'sum',
      [
        ['a', int64],
        ['b', int64],
      ],
      int64,
      add.body,
    ),
    doc: 'Adds two numbers.',
  },
  sample('echo', [['text', string]], string, op.get(0)),
  sample('args', [['args', { kind: 'List', element: int64 }]], { kind: 'List', element: int64 }, op.get(0)),
  sample('say', [['text', string]], { kind: 'Unit' }, [...op.get(0), ...op.call(PRINT)]),
  sample('parse', [], parsed, op.i32(FAILED_AT)),
  sample(
    'point',
    [
      ['x', int64],
      ['y', int64],
    ],
    point,
    [
      ...op.i32(16),
      ...op.call(ALLOC),
      ...op.set(2),
      ...op.get(2),
      ...op.get(0),
      ...op.store64,
      ...op.get(2),
      ...op.get(1),
      0x37,
      3,
      8,
      ...op.get(2),
    ],
  ),
  sample('boom', [], int64, op.unreachable),
  sample('spin', [], int64, spin.body),
  sample('astray', [], string, op.i32(-4)),
];

/** A service with a function for each kind of result: `Point` is a record, `parse` always returns `Err("bad")`. */
export const sampleWasm = buildModule({
  imports: [
    { name: '__alloc', params: ['i32'], results: ['i32'] },
    { name: 'print_string', params: ['i32'] },
  ],
  functions: functions.map(({ built }) => built),
  globals: [[0x7f, 0, 0x41, ...[0x80, 0x08], 0x0b]],
  exports: [['__heap_base', 3, 0]],
  data: [
    [FAILED_AT, [1, 0, 0, 0, 0, 0, 0, 0, TEXT_AT, 0, 0, 0]],
    [TEXT_AT, [3, 0, 0, 0, ...new TextEncoder().encode('bad')]],
  ],
});

const described = ({ name, doc, effects, params, result }: SampleFunction): ClarityFunction => ({
  name,
  effects,
  params,
  result,
  ...(doc === undefined ? {} : { doc }),
});

export const sampleDocument: InterfaceDocument = {
  abi: 1,
  module: 'Sample',
  compiler: { kind: 'embedded', name: 'clarityc', version: '0.1.0' },
  sourceSha256: sha256Hex('source'),
  wasmSha256: sha256Hex(sampleWasm),
  functions: functions.map(described),
  types: {
    Point: {
      kind: 'record',
      fields: [
        { name: 'x', type: int64 },
        { name: 'y', type: int64 },
      ],
    },
  },
};
