import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { guardModule } from '../../src/guard/guard-module.ts';
import { add, answers, buildModule, counter, op, spin } from '../support/wasm-module.ts';

const limits = { maxMemoryBytes: 16 * 65_536 };
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const good = [
  buildModule({ functions: [add, counter, spin, answers('n', 2n ** 60n)] }),
  buildModule({
    imports: [{ name: 'print_int', params: ['i64'] }],
    functions: [{ name: 'p', params: ['i64'], body: [...op.get(0), ...op.call(0)] }],
    table: { min: 1 },
    globals: [[0x7e, 1, 0x42, 0, 0x0b]],
    data: [[0, [1, 2, 3]]],
  }),
];

/** Returns whether the module is accepted; an accepted module that compiles does not exceed the limits. */
function holds(bytes: Uint8Array): boolean {
  const answer = guardModule(bytes, limits);
  if (answer.type === 'refused') return answer.reason.length > 0;
  if (!WebAssembly.validate(answer.module.bytes)) return true;
  const module = new WebAssembly.Module(answer.module.bytes);
  const imports = WebAssembly.Module.imports(module);
  const exported = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
  return (
    imports.every(
      ({ module: from, name, kind }) => from === 'env' && kind === 'function' && answer.module.imports.includes(name),
    ) && exported.every(({ name }) => answer.module.functions.has(name))
  );
}

test('guardModule accepts or rejects any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), holds), { numRuns: 2_000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => holds(Uint8Array.from([...header, ...bytes]))),
    { numRuns: 2_000 },
  );
});

test('W09 guardModule accepts or rejects every truncation of a valid module', () => {
  for (const bytes of good) {
    for (let length = 0; length <= bytes.length; length += 1) expect(holds(bytes.subarray(0, length))).toBe(true);
  }
});

test('guardModule agrees with the engine for every flipped bit of a valid module', () => {
  for (const bytes of good) {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(holds(flipped)).toBe(true);
    }
  }
});

test('guardModule accepts or rejects a module with several changed bytes', () => {
  const change = fc.tuple(fc.nat(300), fc.nat(255));
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 6 }), (bytes, changes) => {
      const changed = bytes.slice();
      for (const [at, value] of changes) changed[at % changed.length] = value;
      return holds(changed);
    }),
    { numRuns: 5_000 },
  );
});
