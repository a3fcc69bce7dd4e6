import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteWriter } from '../../src/emit/byte-writer.ts';

/** LEB128 as the specification reads it. */
function decode(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index);
  const bits = BigInt(7 * bytes.length);
  return signed ? BigInt.asIntN(Number(bits), value) : value;
}

const continues = (bytes: Uint8Array): readonly boolean[] => [...bytes].map((byte) => byte >= 0x80);

test('an unsigned number of 32 bits comes back from its LEB128', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), (value) => {
      const bytes = new ByteWriter().unsigned(value).bytes();
      expect(decode(bytes, false)).toBe(BigInt(value));
      expect(continues(bytes)).toEqual([...Array<boolean>(bytes.length - 1).fill(true), false]);
    }),
  );
});

test('a signed number of 64 bits comes back from its LEB128, which is as short as can be', () => {
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
])('%p is written as the bytes %p', (value, bytes) => {
  expect([...new ByteWriter().signed(value).bytes()]).toEqual(bytes);
});

test('what is written is kept however much it is', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (pieces) => {
      const writer = new ByteWriter();
      for (const piece of pieces) writer.sized(piece);
      const expected = pieces.flatMap((piece) => [...new ByteWriter().unsigned(piece.length).bytes(), ...piece]);
      expect([...writer.bytes()]).toEqual(expected);
    }),
  );
});
