import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeText } from '../../../src/domain/text/decode-text.ts';

const bigEndian = (bytes: Buffer): Buffer => bytes.swap16();
const encodings: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE with a mark': (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE with a mark': (text) => bigEndian(Buffer.from(`\ufeff${text}`, 'utf16le')),
  'UTF-16LE without a mark': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE without a mark': (text) => bigEndian(Buffer.from(text, 'utf16le')),
};

test.each(Object.keys(encodings))('Q37 decodeText returns the same text when it is written as %s', (name) => {
  const json = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify({ a: text }));
  fc.assert(
    fc.property(json, (text) => {
      expect(decodeText(encodings[name]?.(text) ?? Buffer.of(), true)).toBe(text);
    }),
    { numRuns: 50 },
  );
});

test('Q37 decodeText reads an empty file, removes one mark only and rejects bad bytes when it is fatal', () => {
  expect(decodeText(Buffer.of())).toBe('');
  expect(decodeText(Buffer.from('\ufeff\ufeffx'))).toBe('\ufeffx');
  expect(decodeText(Buffer.of(0x61, 0xff))).toBe('a\ufffd');
  expect(() => decodeText(Buffer.of(0x61, 0xff), true)).toThrow('not valid');
});
