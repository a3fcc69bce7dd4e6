import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bearerChallenge } from '../../../src/outbound/http/bearer-challenge.ts';

const metadata = 'https://mcp.example/.well-known/oauth-protected-resource';

test.each([
  ['Bearer', {}],
  ['bearer realm="a"', {}],
  [`Bearer resource_metadata="${metadata}"`, { resourceMetadata: metadata }],
  [`Bearer resource_metadata=${metadata}, error=invalid_token`, { resourceMetadata: metadata, error: 'invalid_token' }],
  [
    'Basic realm="x", Bearer error="insufficient_scope", scope="a  b"',
    { error: 'insufficient_scope', scopes: ['a', 'b'] },
  ],
  ['Negotiate YWJj==, Bearer scope="a"', { scopes: ['a'] }],
  ['Bearer scope="a", Basic realm="scope=b"', { scopes: ['a'] }],
  [String.raw`Bearer realm="a \" b", error="x"`, { error: 'x' }],
  ['Bearer resource_metadata="not a url"', {}],
  ['Bearer error="unfinished', {}],
])('bearerChallenge reads %s', (header, expected) => {
  expect(bearerChallenge(header)).toEqual(expected);
});

test.each([undefined, '', 'Basic realm="Bearer"', 'Digest nonce="Bearer error=x"', `Bearer ${'a'.repeat(9_000)}`])(
  'bearerChallenge finds none in %s',
  (header) => {
    expect(bearerChallenge(header)).toBeUndefined();
  },
);

test('bearerChallenge never throws, and keeps at most 64 scopes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const header of [text, `Bearer ${text}`, `Bearer scope="${text}"`])
        expect(bearerChallenge(header)?.scopes?.length ?? 0).toBeLessThanOrEqual(64);
    }),
  );
});
