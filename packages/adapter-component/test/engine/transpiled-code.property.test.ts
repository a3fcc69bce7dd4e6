import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../../test/support/runs.ts';
import type { ValueDefinition } from '../../src/decoder/definition.ts';
import { LIFT, MEMORY, TypeText } from '../support/components.ts';
import { openHere, outcomeOf, type OpenProgram } from '../support/programs.ts';

const list = (element: ValueDefinition): ValueDefinition => ({ kind: 'list', element });
const primitive = (kind: 'u8' | 's16' | 'u32' | 's64' | 'f64' | 'bool' | 'char' | 'string'): ValueDefinition => ({
  kind,
});
/** Types with a pointer in memory, and the size of what it points to. */
const TYPES: readonly (readonly [type: ValueDefinition, bytes: number])[] = [
  [primitive('string'), 1],
  [list(primitive('u8')), 1],
  [list(primitive('s16')), 2],
  [list(primitive('u32')), 4],
  [list(primitive('s64')), 8],
  [list(primitive('f64')), 8],
  [list(primitive('bool')), 1],
  [list(primitive('char')), 4],
  [list(primitive('string')), 8],
  [list(list(primitive('u8'))), 8],
  [list({ kind: 'enum', names: ['a', 'b'] }), 1],
  [list({ kind: 'flags', names: ['a', 'b'] }), 1],
  [list({ kind: 'tuple', items: [primitive('u8'), primitive('u32')] }), 8],
  [list({ kind: 'record', fields: [{ name: 'a', type: primitive('s64') }] }), 8],
  [list({ kind: 'option', value: primitive('u32') }), 8],
];
const MEMORY_BYTES = 65_536;

/** `lie-N(pointer, length)` returns that pointer and that length as a value of the type N. */
function lyingComponent(): string {
  const text = new TypeText();
  const functions = TYPES.map(
    (
      [type],
      index,
    ) => `(func (export "lie-${String(index)}") (param "pointer" u32) (param "length" u32) (result ${text.of(type)})
      (canon lift (core func $i "lie") ${LIFT}))`,
  );
  return `(component
  (core module $m ${MEMORY}
    (data (i32.const 100) "\\ef\\bb\\bfafter a mark")
    (data (i32.const 200) "bad \\ff byte")
    (func (export "lie") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  ${text.definitions.join('\n  ')}
  ${functions.join('\n  ')})`;
}

let opened: Promise<OpenProgram> | undefined;

async function returned(index: number, pointer: number, length: number): Promise<string> {
  opened ??= openHere(lyingComponent());
  const { instance } = await opened;
  try {
    return outcomeOf(instance, `lie_${String(index)}`, { pointer, length });
  } catch (error) {
    return `thrown ${String(error)}`;
  }
}

test('T-575 a list or a text outside of the memory of its component is an error, never a shorter value', async () => {
  const pointer = fc.oneof(
    fc.integer({ min: MEMORY_BYTES - 16, max: MEMORY_BYTES + 16 }),
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(0, MEMORY_BYTES, 0x7fff_fff8, 0x8000_0000, 0xffff_fff8),
  );
  const length = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 0xffff_ffff }));
  await fc.assert(
    fc.asyncProperty(fc.nat(TYPES.length - 1), pointer, length, async (index, start, count) => {
      const [, bytes] = TYPES[index] ?? [undefined, 1];
      const at = start - (start % 8);
      fc.pre(at + count * bytes > MEMORY_BYTES);
      expect([index, at, count, await returned(index, at, count)]).toEqual([
        ...[index, at, count],
        expect.stringMatching(/^(?:WASM_ABI the component broke the canonical ABI: |WASM_LIMIT |thrown TypeError)/),
      ]);
    }),
    { numRuns: runs(300), examples: [[7, 0, 0x8000_0000]] },
  );
});

test('T-575 text that is not UTF-8 is an error, and a byte order mark is a part of a text', async () => {
  expect(await returned(0, 200, 10)).toBe(
    'WASM_ABI the component broke the canonical ABI: a text is not encoded as its type says',
  );
  expect(await returned(0, 100, 15)).toBe('value "\ufeffafter a mark"');
});

test('T-575 overlapping lists of bytes do not exceed the copies of a call', async () => {
  // 2,000 elements name the same 40,000 bytes, and a call may copy 64 MiB.
  const fill = (length: number): string => `(local $at i32)
    (loop $next
      (i32.store (i32.add (i32.const 1024) (i32.mul (local.get $at) (i32.const 8))) (i32.const 20000))
      (i32.store (i32.add (i32.const 1028) (i32.mul (local.get $at) (i32.const 8))) (i32.const ${String(length)}))
      (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 2000))))
    (i32.store (i32.const 16) (i32.const 1024)) (i32.store (i32.const 20) (i32.const 2000)) (i32.const 16)`;
  for (const [type, length] of [
    ['(list (list u8))', 40_000],
    ['(list string)', 40_000],
    ['(list (list u64))', 5_000],
  ] as const) {
    const text = `(component
      (core module $m ${MEMORY} (func (export "f") (result i32) ${fill(length)}))
      (core instance $i (instantiate $m))
      (func (export "f") (result ${type}) (canon lift (core func $i "f") ${LIFT})))`;
    const { instance } = await openHere(text);
    expect([type, outcomeOf(instance, 'f')]).toEqual([type, expect.stringMatching(/^WASM_LIMIT the host would copy/)]);
  }
});
