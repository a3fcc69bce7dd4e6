import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import {
  decodeHeaderValue,
  encodeHeaderValue,
  headerTextOf,
  matchesHeaderValue,
  readHeaderArguments,
  scanParamHeaders,
} from '../../../src/domain/mcp/param-headers.ts';

const sentinel = fc
  .tuple(fc.constantFrom('=?', '=?base64?', ' '), fc.string(), fc.constantFrom('?=', ' ', ''))
  .map((parts) => parts.join(''));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), sentinel);
const isWellFormed = (value: string): boolean => !/\p{Surrogate}/u.test(value);
/** Code units, lone surrogates included. */
const codeUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

test('decodeHeaderValue returns the text that encodeHeaderValue has encoded, for every text', () => {
  fc.assert(
    fc.property(text, (value) => {
      const encoded = encodeHeaderValue(value);
      expect(encoded).toMatch(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/);
      expect(decodeHeaderValue(encoded)).toBe(value);
    }),
  );
});

test('matchesHeaderValue accepts every encoded scalar, and no other text', () => {
  const scalar = fc.oneof(text, codeUnits, fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true }), fc.boolean());
  fc.assert(
    fc.property(scalar, text, (value, other) => {
      const argument = RawJson.of(value);
      const argumentText = headerTextOf(argument);
      if (argumentText === undefined) return;
      expect(matchesHeaderValue(argument, encodeHeaderValue(argumentText))).toBe(true);
      if (typeof value === 'string' && other !== value && isWellFormed(value)) {
        expect(matchesHeaderValue(argument, encodeHeaderValue(other))).toBe(false);
      }
    }),
  );
});

test('scanParamHeaders and readHeaderArguments find each annotated value that JSON.parse finds', () => {
  const key = fc.string({ unit: 'grapheme', minLength: 1 });
  const path = fc.array(key, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      path,
      fc.oneof(text, fc.integer(), fc.boolean()),
      fc.constantFrom(0, 1, '\t'),
      (keys, value, indent) => {
        const schema = keys.reduceRight<object>(
          (inner, name) => ({ properties: Object.fromEntries([[name, inner]]) }),
          { type: 'string', 'x-mcp-header': 'Name' },
        );
        const args = keys.reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), value);
        const scan = scanParamHeaders(schema);
        expect(scan).toEqual({ headers: [{ name: 'name', path: keys }] });
        const headers = 'headers' in scan ? scan.headers : [];
        const found = readHeaderArguments(headers, RawJson.fromText(JSON.stringify(args, null, indent)));
        expect(found?.get('name')?.value).toEqual(value);
      },
    ),
  );
});
