import { expect, test } from '@jest/globals';
import { scanEnvelope, type JsonEnvelope } from '@clarity-runtime/core/protocol';

const scan = (text: string): JsonEnvelope => scanEnvelope(new TextEncoder().encode(text), ['params']);
const refused = (reason: string): unknown => ({ kind: 'refused', reason });

test('scanEnvelope returns members as spans of the message with exact bytes', () => {
  const found = scan('{ "id" : 9007199254740993 , "params": {"arguments": { "a" : 1.0 } } }');
  if (found.kind !== 'object') throw new Error('not an object');
  expect(found.members.get('id')?.text).toBe('9007199254740993');
  expect(found.inner.get('params')?.get('arguments')?.text).toBe('{ "a" : 1.0 }');
});

test('scanEnvelope opens each of the named members', () => {
  const found = scanEnvelope(new TextEncoder().encode('{"params":{"a":1},"result":{"b":2},"other":{"a":1,"a":2}}'), [
    'params',
    'result',
  ]);
  if (found.kind !== 'object') throw new Error('not an object');
  expect([...found.inner].map(([name, members]) => [name, ...members.keys()])).toEqual([
    ['params', 'a'],
    ['result', 'b'],
  ]);
});

test('scanEnvelope opens params of the message only, not deeper members of that name', () => {
  const found = scan('{"params":{"params":{"a":1,"a":2}},"other":{"a":1,"a":2}}');
  expect(found.kind === 'object' && [...(found.inner.get('params')?.keys() ?? [])]).toEqual(['params']);
});

test('scanEnvelope resolves escapes in names', () => {
  const found = scan('{"\\u0069d":1,"na\\u00efve":2,"na\u00efve2":3}');
  expect(found.kind === 'object' && [...found.members.keys()]).toEqual(['id', 'na\u00efve', 'na\u00efve2']);
});

test('scanEnvelope reads 128 levels and rejects 129', () => {
  const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  expect(scan(nested(128))).toEqual({ kind: 'array' });
  expect(scan(nested(129))).toEqual(refused('too-deep'));
  expect(scan(`{"a":${nested(127)}}`).kind).toBe('object');
  expect(scan(`{"a":${nested(128)}}`)).toEqual(refused('too-deep'));
  expect(scan(`{"params":{"a":${nested(126)}}}`).kind).toBe('object');
  expect(scan(`{"params":{"a":${nested(127)}}}`)).toEqual(refused('too-deep'));
  expect(scan('['.repeat(1_000_000))).toEqual(refused('too-deep'));
});

test.each([
  ['a lone continuation', [0x80]],
  ['a start without its end', [0xc3]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong three', [0xe0, 0x9f, 0xbf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['an overlong four', [0xf0, 0x8f, 0xbf, 0xbf]],
  ['more than Unicode has', [0xf4, 0x90, 0x80, 0x80]],
  ['a byte of no sequence', [0xff]],
])('scanEnvelope rejects %s as not UTF-8', (_case, middle) => {
  expect(scanEnvelope(Uint8Array.from([0x22, ...middle, 0x22]))).toEqual(refused('not-utf8'));
});

test.each([
  '',
  ' ',
  '\ufeff\ufeff{}',
  '{} {}',
  '{"a":1,}',
  '[1,]',
  '01',
  '1.',
  '.5',
  '+1',
  '1e',
  "{'a':1}",
  '{a:1}',
  '"\n"',
  'NaN',
])('scanEnvelope rejects %j as not JSON', (text) => {
  expect(scan(text)).toEqual(refused('not-json'));
});
