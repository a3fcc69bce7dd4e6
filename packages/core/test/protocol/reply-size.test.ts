import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { replySizeError } from '../../src/protocol/reply-size.ts';

const LIMITS = { maxReplyBytes: 1_000, maxMediaBytes: 10_000 };
const call = { method: 'tools/call', params: new Map() };
const resultOf = (value: unknown) => ({ result: RawJson.fromText(JSON.stringify(value)) });
const errorOf = (
  value: unknown,
  bytes: number,
  options = LIMITS as { maxReplyBytes: number; maxMediaBytes?: number },
) => replySizeError({ request: call, options }, resultOf(value), bytes)?.message;

const text = { content: [{ type: 'text', text: 'x' }] };
const media = [
  ['an image', { content: [{ type: 'image', data: 'AA==', mimeType: 'image/png' }] }],
  ['audio', { content: [{ type: 'audio', data: 'AA==', mimeType: 'audio/wav' }] }],
  ['an embedded blob', { content: [{ type: 'resource', resource: { uri: 'file:///a', blob: 'AA==' } }] }],
  ['a page of an app', { contents: [{ uri: 'ui://app/main.html', text: '<p>' }] }],
  ['an app by its media type', { contents: [{ uri: 'a:b', mimeType: 'text/html;profile=mcp-app', text: '<p>' }] }],
] as const;

test.each(media)('M8 replySizeError allows %s up to the limit of media', (_name, value) => {
  expect(errorOf(value, 1_001)).toBeUndefined();
  expect(errorOf(value, 10_001)).toContain('the limit is 10000 bytes (spec.policy.maxResponseBytes)');
});

test('M8 replySizeError allows text up to the limit of replies', () => {
  expect(errorOf(text, 1_000)).toBeUndefined();
  expect(errorOf(text, 1_001)).toContain('the reply has 1001 bytes; the limit is 1000 bytes');
});

test('M8 replySizeError allows contents of resources up to the limit of media', () => {
  const read = { request: { method: 'resources/read', params: new Map() }, options: LIMITS };
  expect(replySizeError(read, resultOf({ contents: [{ uri: 'a:b', text: 'x' }] }), 9_000)).toBeUndefined();
});

test('M8 replySizeError never allows more than the larger limit, and all up to the smaller one', () => {
  const sizes = fc.record({ bytes: fc.nat(5_000), maxReplyBytes: fc.nat(5_000), maxMediaBytes: fc.nat(5_000) });
  fc.assert(
    fc.property(sizes, fc.constantFrom(text, ...media.map(([, value]) => value)), ({ bytes, ...limits }, value) => {
      const error = errorOf(value, bytes, limits);
      if (bytes <= limits.maxReplyBytes) expect(error).toBeUndefined();
      if (bytes > Math.max(limits.maxReplyBytes, limits.maxMediaBytes)) expect(error).toBeDefined();
    }),
  );
});
