import { expect, test } from '@jest/globals';
import type { ClarityFunction, ClarityType } from '@clarity-runtime/core';
import fc from 'fast-check';
import { GuestError } from '../../src/guest/guest-error.ts';
import { decodeResult } from '../../src/marshalling/decode-result.ts';
import { encodeArguments, parseArguments } from '../../src/marshalling/encode-arguments.ts';
import { planFunctions } from '../../src/marshalling/callable-functions.ts';
import { hostOver, MEBIBYTE } from '../imports/host-fixture.ts';
import { typedValue, type Types } from './arbitrary-value.ts';
import { fitsSchema } from '../../../../test/support/fits-schema.ts';
import { runs } from '../../../../test/support/runs.ts';

const identity = (type: ClarityType): ClarityFunction => ({
  name: 'f',
  effects: [],
  params: [{ name: 'x', type }],
  result: type,
});

/** Returns the JSON of the result of a function that returns its argument. */
function through(types: Types, type: ClarityType, json: string): string {
  const { state } = hostOver();
  const fn = identity(type);
  const [value] = encodeArguments({ fn, types, args: parseArguments(`{"x":${json}}`), state });
  const result = decodeResult({ fn, types, value, state, maxBytes: MEBIBYTE });
  if (type.kind !== 'Result') return 'json' in result ? result.json : 'an error';
  return 'json' in result ? `{"ok":${result.json}}` : `{"err":${result.err}}`;
}

test('a value of any type is equal after encoding and decoding', () => {
  fc.assert(
    fc.property(typedValue, ({ types, type, json }) => {
      expect(through(types, type, json)).toBe(json);
    }),
    { numRuns: runs(500) },
  );
});

test('arguments and results match the schemas of their function', () => {
  fc.assert(
    fc.property(typedValue, ({ types, type, json }) => {
      const compiler = { kind: 'embedded', name: 'c', version: '1' } as const;
      const digests = { sourceSha256: '', wasmSha256: '' };
      const document = { abi: 1 as const, module: 'm', compiler, ...digests, functions: [identity(type)], types };
      const [plan] = planFunctions(document);
      if (plan === undefined) throw new Error('the function is not callable');
      const value = JSON.parse(json) as unknown;
      // A special float is a string, which the schema of an argument does not offer.
      if (!/"(?:NaN|-?Infinity)"/.test(json)) {
        expect(fitsSchema(plan.inputSchema, { x: value })).toBe(true);
      }
      if (plan.outputSchema === undefined || type.kind === 'Result') return;
      const isRecord = type.kind === 'Named' && types[type.name]?.kind === 'record';
      const structured = isRecord ? value : { result: value };
      expect(fitsSchema(plan.outputSchema, structured)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('decodeResult returns JSON within the limit or a fault of the module for any memory content', () => {
  const word = fc.oneof(fc.nat(300), fc.constantFrom(0, 1, 2, 1_032, 1_064, 0x8000_0002, 0xffff_ffff, 65_532));
  fc.assert(
    fc.property(typedValue, fc.array(word, { maxLength: 64 }), (typed, words) => {
      const { state } = hostOver({ maxBytes: 65_536 });
      const base = state.memory.alloc(words.length * 4);
      for (const [at, item] of words.entries()) state.memory.writeU32(base + at * 4, item);
      const value = { i64: 5n, f64: 0.5 }[typed.type.kind.startsWith('Float') ? 'f64' : 'i64'];
      const isWord = ['Int64', 'Timestamp', 'Float64', 'Float32'].includes(typed.type.kind);
      const args = { fn: identity(typed.type), types: typed.types, state, maxBytes: 4_096 };
      try {
        const result = decodeResult({ ...args, value: isWord ? value : base });
        const json = 'json' in result ? result.json : result.err;
        JSON.parse(json);
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(4_096);
      } catch (error) {
        expect(error).toBeInstanceOf(GuestError);
      }
    }),
    { numRuns: runs(700) },
  );
});
