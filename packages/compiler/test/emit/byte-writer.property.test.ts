import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteWriter } from '../../src/emit/byte-writer.ts';

/** Decodes LEB128 as in the WebAssembly specification. */
function decode(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index);
  const bits = BigInt(7 * bytes.length);
  return signed ? BigInt.asIntN(Number(bits), value) : value;
}

const continues = (bytes: Uint8Array): readonly boolean[] => [...bytes].map((byte) => byte >= 0x80);

test('unsigned encodes every 32-bit number so that it decodes to the same value', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (value) => {
      const bytes = new ByteWriter().unsigned(value).bytes();
      expect(decode(bytes, false)).toBe(BigInt(value));
      expect(continues(bytes)).toEqual([...Array<boolean>(bytes.length - 1).fill(true), false]);
    }),
  );
});

test('signed encodes every 64-bit number in the shortest form that decodes to the same value', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const bytes = new ByteWriter().signed(value).bytes();
      expect(decode(bytes, true)).toBe(value);
      expect(continues(bytes)).toEqual([...Array<boolean>(bytes.length - 1).fill(true), false]);
      const shorter = BigInt(7 * (bytes.length - 1));
      if (shorter > 0n) expect(BigInt.asIntN(Number(shorter), value)).not.toBe(value);
    }),
  );
});

test.each([
  [0n, [0]],
  [63n, [63]],
  [64n, [0xc0, 0]],
  [-64n, [0x40]],
  [-65n, [0xbf, 0x7f]],
  [-1n, [0x7f]],
])('%p is encoded as the bytes %p', (value, bytes) => {
  expect([...new ByteWriter().signed(value).bytes()]).toEqual(bytes);
});

test('ByteWriter keeps all bytes when its buffer grows', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
      const writer = new ByteWriter();
      for (const piece of pieces) writer.sized(piece);
      const expected = pieces.flatMap((piece) => [...new ByteWriter().unsigned(piece.length).bytes(), ...piece]);
      expect([...writer.bytes()]).toEqual(expected);
    }),
  );
});
