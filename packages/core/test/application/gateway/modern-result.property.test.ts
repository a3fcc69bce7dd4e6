import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { scanEnvelope } from '@clarity-runtime/core/protocol';
import { topLevelSpans } from '../../../src/domain/json/json-members.ts';
import { legacyResult, modernResult, SERVER_INFO } from '../../../src/application/gateway/modern-result.ts';

const server = { name: 'runtime', version: '1' };
const decoder = new TextDecoder();
const text = fc.string({ unit: 'grapheme' });
const quoted = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a') });
const value = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 });
const member = fc.oneof(text, quoted, fc.constantFrom('resultType', '_meta', 'content'));
const meta = fc.dictionary(fc.oneof(text, fc.constant(SERVER_INFO)), value);
const object = fc
  .tuple(fc.dictionary(member, fc.oneof(value, quoted)), fc.option(meta), fc.constantFrom(0, 1, '\t'))
  .map(([own, _meta, indent]) => {
    const written = _meta === null ? own : { ...own, _meta };
    return { written, raw: RawJson.fromText(JSON.stringify(written, null, indent)) };
  });

const isObject = (of: unknown): of is Record<string, unknown> =>
  typeof of === 'object' && of !== null && !Array.isArray(of);

test('topLevelSpans finds the members of any result', () => {
  fc.assert(
    fc.property(object, ({ written, raw }) => {
      const found = [...topLevelSpans(raw.bytes)].map(([name, { start, end }]) => {
        return [name, JSON.parse(decoder.decode(raw.bytes.subarray(start, end)))] as const;
      });
      expect(new Map(found)).toEqual(new Map(Object.entries(JSON.parse(JSON.stringify(written)) as object)));
    }),
    { numRuns: 300 },
  );
});

test('modernResult keeps all members and adds resultType and serverInfo unless they exist', () => {
  fc.assert(
    fc.property(object, ({ written, raw }) => {
      const own = JSON.parse(JSON.stringify(written)) as Record<string, unknown>;
      const has = (name: string): boolean => Object.hasOwn(own, name);
      const result = modernResult(raw, server);
      expect(scanEnvelope(result.bytes, ['_meta']).kind).toBe('object');
      const stamped = result.value as Record<string, unknown>;
      expect(stamped['resultType']).toEqual(has('resultType') ? own['resultType'] : 'complete');
      const ownMeta = has('_meta') ? own['_meta'] : {};
      expect(stamped['_meta']).toEqual(isObject(ownMeta) ? { [SERVER_INFO]: server, ...ownMeta } : ownMeta);
      for (const name of Object.keys(own).filter((key) => key !== '_meta')) expect(stamped[name]).toEqual(own[name]);
    }),
    { numRuns: 300 },
  );
});

test('modernResult keeps the bytes of each member', () => {
  const raw = RawJson.fromText('{ "content" : [ 1.0, 9007199254740993 ], "_meta" : { "a" : 1e2 } , "x":"}" }');
  expect(modernResult(raw, server).text).toBe(
    `{"resultType":"complete","content" : [ 1.0, 9007199254740993 ], "_meta" : {"${SERVER_INFO}":` +
      '{"name":"runtime","version":"1"},"a" : 1e2 } , "x":"}" }',
  );
});

test('legacyResult removes what only the modern era has and keeps every other value', () => {
  const names = ['resultType', 'ttlMs', 'cacheScope'];
  fc.assert(
    fc.property(object, fc.boolean(), ({ written, raw }, isStamped) => {
      const own = JSON.parse(JSON.stringify(written)) as Record<string, unknown>;
      const given = isStamped ? modernResult(raw, server, { ttlMs: 0, cacheScope: 'private' }) : raw;
      const result = legacyResult(given);
      const expected = Object.fromEntries(Object.entries(own).filter(([name]) => !names.includes(name)));
      if (isObject(own['_meta'])) {
        const inner = Object.entries(own['_meta']).filter(([name]) => name !== SERVER_INFO);
        const wasChanged = isStamped || Object.hasOwn(own['_meta'], SERVER_INFO);
        if (inner.length === 0 && wasChanged) delete expected['_meta'];
        else expected['_meta'] = Object.fromEntries(inner);
      }
      expect(result.value).toEqual(expected);
      expect(legacyResult(result)).toBe(result);
    }),
    { numRuns: 300 },
  );
});

test('legacyResult returns the bytes of a result without modern members', () => {
  const result = RawJson.fromText('{ "content" : [ 1.0 ] , "_meta" : { } }');
  expect(legacyResult(result)).toBe(result);
});
