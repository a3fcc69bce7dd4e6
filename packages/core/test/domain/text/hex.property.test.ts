import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hex } from '../../../src/domain/text/hex.ts';

test('hex returns two lower-case digits for every byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(hex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});
