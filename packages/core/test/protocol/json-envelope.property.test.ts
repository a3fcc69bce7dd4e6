import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scanEnvelope, scanItems, type JsonEnvelope } from '@clarity-runtime/core/protocol';
import { runs } from '../../../../test/support/runs.ts';

const OPENED = ['params'];
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the value that JSON.parse reads; undefined if it rejects the bytes. */
function parsed(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoder.decode(bytes)) };
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valuesOf = (members: ReadonlyMap<string, { readonly value: unknown }>): readonly (readonly [string, unknown])[] =>
  [...members].map(([name, { value }]) => [name, value]);

/** `Object.entries` lists names that look like indexes first. */
const sorted = (entries: readonly (readonly [string, unknown])[]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1));

function expectSame(scan: JsonEnvelope, value: unknown): void {
  expect(scan.kind).toBe(Array.isArray(value) ? 'array' : isObject(value) ? 'object' : 'scalar');
  if (scan.kind !== 'object' || !isObject(value)) return;
  expect(sorted(valuesOf(scan.members))).toEqual(sorted(Object.entries(value)));
  const params = Object.hasOwn(value, 'params') ? value['params'] : undefined;
  expect(scan.inner.has('params')).toBe(isObject(params));
  if (isObject(params)) {
    expect(sorted(valuesOf(scan.inner.get('params') ?? new Map()))).toEqual(sorted(Object.entries(params)));
  }
}

const unit = fc.constantFrom('grapheme', 'binary' as const);
const text = unit.chain((of) => fc.string({ unit: of }));
const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });
const message = fc.dictionary(fc.oneof(fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'result'), text), anyJson);
const request = fc.tuple(message, fc.dictionary(text, anyJson)).map(([other, params]) => ({ ...other, params }));
const space = fc.constantFrom(0, 1, '\t', '\r\n');
const json = fc
  .tuple(fc.oneof(anyJson, message, request), space)
  .map(([value, indent]) => encoder.encode(JSON.stringify(value, null, indent === '\r\n' ? '\n' : indent)));

test('scanEnvelope reads any JSON text as JSON.parse reads it', () => {
  fc.assert(
    fc.property(json, (bytes) => {
      expectSame(scanEnvelope(bytes, OPENED), parsed(bytes)?.value);
    }),
    { numRuns: 500 },
  );
});

const edit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 2 }),
  insert: fc.uint8Array({ maxLength: 2 }),
  structural: fc.constantFrom('', '"', '\\', '{', '}', '[', ']', ',', ':', '-', '0', '.', 'e', ' ', '\u2028', '\ud7ff'),
});

function edited(
  bytes: Uint8Array,
  { at, remove, insert, structural }: typeof edit extends fc.Arbitrary<infer E> ? E : never,
) {
  const cut = bytes.length === 0 ? 0 : at % bytes.length;
  return Uint8Array.from([
    ...bytes.slice(0, cut),
    ...insert,
    ...encoder.encode(structural),
    ...bytes.slice(cut + remove),
  ]);
}

test('scanEnvelope rejects damaged JSON if JSON.parse does, and else only duplicates and depth', () => {
  fc.assert(
    fc.property(json, fc.array(edit, { minLength: 1, maxLength: 3 }), (bytes, edits) => {
      const damaged = edits.reduce(edited, bytes);
      const scan = scanEnvelope(damaged, OPENED);
      const oracle = parsed(damaged);
      if (scan.kind !== 'refused') expectSame(scan, oracle?.value);
      else if (oracle !== undefined) expect(['duplicate-member', 'too-deep']).toContain(scan.reason);
    }),
    { numRuns: runs(700) },
  );
});

test('scanEnvelope accepts any bytes that JSON.parse accepts, except duplicate members', () => {
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"params"',
    '1',
    '-0',
    '1.5e-3',
    'true',
    'nul',
    ' ',
  );
  const tokens = fc.array(token, { maxLength: 12 }).map((parts) => encoder.encode(parts.join('')));
  fc.assert(
    fc.property(fc.oneof(tokens, fc.uint8Array({ maxLength: 12 })), (bytes) => {
      const scan = scanEnvelope(bytes, OPENED);
      const oracle = parsed(bytes);
      if (scan.kind !== 'refused') expectSame(scan, oracle?.value);
      else if (oracle !== undefined) expect(scan.reason).toBe('duplicate-member');
    }),
    { numRuns: runs(1_500) },
  );
});

const escapeAll = (name: string): string =>
  `"${Array.from(name, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

test('scanEnvelope rejects duplicate members of the message and of params, also with escaped names', () => {
  const name = fc.string({ unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(name, fc.boolean(), fc.boolean(), (twice, escaped, inParams) => {
      const again = escaped ? escapeAll(twice) : JSON.stringify(twice);
      const object = `{${JSON.stringify(twice)}:1,${again}:2}`;
      const bytes = encoder.encode(inParams ? `{"params":${object}}` : object);
      expect(scanEnvelope(bytes, OPENED)).toEqual({ kind: 'refused', reason: 'duplicate-member' });
    }),
  );
});

test('scanItems returns the items that JSON.parse returns, or undefined above the limit', () => {
  fc.assert(
    fc.property(fc.array(anyJson, { maxLength: 8 }), space, (items, indent) => {
      const bytes = encoder.encode(JSON.stringify(items, null, indent));
      expect(scanItems(bytes, items.length)?.map(({ value }) => value)).toEqual(JSON.parse(decoder.decode(bytes)));
      if (items.length > 0) expect(scanItems(bytes, items.length - 1)).toBeUndefined();
    }),
  );
});
