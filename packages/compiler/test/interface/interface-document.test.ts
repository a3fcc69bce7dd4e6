import { expect, test } from '@jest/globals';
import { compile, embeddedCompiler } from '@clarity-runtime/compiler';
import { type InterfaceDocument } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';

const SOURCE = `// Keeps a shop.
// In two lines.
module shop

type Money = Float64
type Item = { name: String, price: Money, tags: List<Tag> }
type Tag = | Plain | Marked(label: String, weight: Option<Int64>)
type Unused = { a: Int64 }

// Adds two numbers.
// Wraps at 2^63.
function add(a: Int64, b: Int64) -> Int64 { a + b }

// Not directly above.

function find(items: List<Item>, name: String) -> Result<Item, String> { Err(name) } // beside
effect[Log, Time] function show(item: Option<Item>) -> Unit { print_string("") }
function test_add() -> Bool { add(1, 2) == 3 }
`;

function described(text: string): InterfaceDocument {
  const compilation = compile({ file: 'shop.clarity', text });
  if (!compilation.ok) throw new Error('the source has errors');
  expect(compilation.document.wasmSha256).toBe(sha256Hex(compilation.wasm));
  return compilation.document;
}

test('the document describes every function with its names and types', () => {
  const item = { kind: 'Named', name: 'Item' };
  const marked = {
    name: 'Marked',
    fields: [
      { name: 'label', type: { kind: 'String' } },
      { name: 'weight', type: { kind: 'Option', value: { kind: 'Int64' } } },
    ],
  };
  expect(described(SOURCE)).toEqual({
    abi: 1,
    module: 'shop',
    doc: 'Keeps a shop.\nIn two lines.',
    compiler: { kind: 'embedded', name: 'clarityc', version: '0.1.0' },
    sourceSha256: sha256Hex(SOURCE),
    wasmSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    functions: [
      {
        name: 'add',
        doc: 'Adds two numbers.\nWraps at 2^63.',
        effects: [],
        params: [
          { name: 'a', type: { kind: 'Int64' } },
          { name: 'b', type: { kind: 'Int64' } },
        ],
        result: { kind: 'Int64' },
      },
      {
        name: 'find',
        effects: [],
        params: [
          { name: 'items', type: { kind: 'List', element: item } },
          { name: 'name', type: { kind: 'String' } },
        ],
        result: { kind: 'Result', ok: item, error: { kind: 'String' } },
      },
      {
        name: 'show',
        effects: ['Log', 'Time'],
        params: [{ name: 'item', type: { kind: 'Option', value: item } }],
        result: { kind: 'Unit' },
      },
    ],
    types: {
      Item: {
        kind: 'record',
        fields: [
          { name: 'name', type: { kind: 'String' } },
          { name: 'price', type: { kind: 'Float64' } },
          { name: 'tags', type: { kind: 'List', element: { kind: 'Named', name: 'Tag' } } },
        ],
      },
      Tag: { kind: 'union', variants: [{ name: 'Plain', fields: [] }, marked] },
    },
  });
  expect(embeddedCompiler).toEqual(described(SOURCE).compiler);
});

test('the document describes only functions with `export` when some have it', () => {
  const { functions, types } = described(`module m
    type P = { x: Int64 }
    export function a() -> Int64 { b({ x: 1 }) }
    function b(p: P) -> Int64 { p.x }
    export function test_a() -> Bool { True }`);
  expect(functions.map(({ name }) => name)).toEqual(['a']);
  expect(types).toEqual({});
});

test('the document is plain data, and a source always results in the same document and module', () => {
  const document = described(SOURCE);
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  expect(described(SOURCE)).toEqual(document);
});

test('a type can have the name of a property of Object.prototype', () => {
  const { types } = described('module m\ntype __proto__ = { x: Int64 }\nfunction f(p: __proto__) -> Int64 { p.x }');
  expect(Object.keys(types)).toEqual(['__proto__']);
});
