import { expect, test } from '@jest/globals';
import { isClarityError } from '@clarity-runtime/core';
import fc from 'fast-check';
import { readInterface } from '../../src/interface/read-interface.ts';
import { sampleDocument } from '../support/sample-service.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns whether the bytes are a valid document; false for a refusal with its reason. */
function reads(bytes: Uint8Array): boolean {
  try {
    return readInterface(bytes).functions.every(({ name }) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  } catch (error) {
    if (isClarityError(error) && error.code === 'INTERFACE_MISMATCH') return true;
    throw error;
  }
}

test('readInterface returns the document that was written', () => {
  expect(readInterface(encode(JSON.stringify(sampleDocument)))).toEqual(sampleDocument);
});

test('readInterface accepts or rejects any bytes and any JSON', () => {
  fc.assert(fc.property(fc.uint8Array(), reads));
  fc.assert(fc.property(fc.json(), (text) => reads(encode(text))));
  expect(reads(encode('['.repeat(1 << 20)))).toBe(true);
  expect(reads(encode('['.repeat(1 << 19) + ']'.repeat(1 << 19)))).toBe(true);
});

test('readInterface accepts or rejects a document with one replaced value', () => {
  const text = JSON.stringify(sampleDocument);
  const places = [...text.matchAll(/"[^"]*"|\d+/g)].map(({ index, 0: found }) => [index, found.length] as const);
  const replacement = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.constantFrom('"__proto__"', '"constructor"', '"Named"', '1e400'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), replacement, ([at, length], value) =>
      reads(encode(text.slice(0, at) + value + text.slice(at + length))),
    ),
    { numRuns: 2_000 },
  );
});
