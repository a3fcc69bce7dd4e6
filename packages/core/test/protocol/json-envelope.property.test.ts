import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { scanEnvelope, scanItems, type JsonEnvelope } from '@clarity-runtime/core/protocol';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What JSON.parse makes of the bytes; undefined when it refuses them. */
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

/** The order of `Object.entries` puts names that look like indexes first. */
const sorted = (entries: readonly (readonly [string, unknown])[]) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1));

function expectSame(scan: JsonEnvelope, value: unknown): void {
  expect(scan.kind).toBe(Array.isArray(value) ? 'array' : isObject(value) ? 'object' : 'scalar');
  if (scan.kind !== 'object' || !isObject(value)) return;
  expect(sorted(valuesOf(scan.members))).toEqual(sorted(Object.entries(value)));
  const params = Object.hasOwn(value, 'params') ? value['params'] : undefined;
  expect(scan.inner === undefined).toBe(!isObject(params));
  if (isObject(params)) expect(sorted(valuesOf(scan.inner ?? new Map()))).toEqual(sorted(Object.entries(params)));
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

test('any JSON text is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(json, (bytes) => {
      expectSame(scanEnvelope(bytes), parsed(bytes)?.value);
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

test('any damage to a JSON text is judged as JSON.parse judges it, but for what is refused on purpose', () => {
  fc.assert(
    fc.property(json, fc.array(edit, { minLength: 1, maxLength: 3 }), (bytes, edits) => {
      const damaged = edits.reduce(edited, bytes);
      const scan = scanEnvelope(damaged);
      const oracle = parsed(damaged);
      if (scan.kind !== 'refused') expectSame(scan, oracle?.value);
      else if (oracle !== undefined) expect(['duplicate-member', 'too-deep']).toContain(scan.reason);
    }),
    { numRuns: 2_000 },
  );
});

test('any bytes at all are judged as JSON.parse judges them', () => {
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
      const scan = scanEnvelope(bytes);
      const oracle = parsed(bytes);
      if (scan.kind !== 'refused') expectSame(scan, oracle?.value);
      else if (oracle !== undefined) expect(scan.reason).toBe('duplicate-member');
    }),
    { numRuns: 5_000 },
  );
});

const spelt = (name: string): string =>
  `"${Array.from(name, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

test('a member that stands twice is refused in the envelope and in params, however it is spelt', () => {
  const name = fc.string({ unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(name, fc.boolean(), fc.boolean(), (twice, escaped, inParams) => {
      const again = escaped ? spelt(twice) : JSON.stringify(twice);
      const object = `{${JSON.stringify(twice)}:1,${again}:2}`;
      const bytes = encoder.encode(inParams ? `{"params":${object}}` : object);
      expect(scanEnvelope(bytes)).toEqual({ kind: 'refused', reason: 'duplicate-member' });
    }),
  );
});

test('the items of an array are those of JSON.parse, or none when there are more than asked for', () => {
  fc.assert(
    fc.property(fc.array(anyJson, { maxLength: 8 }), space, (items, indent) => {
      const bytes = encoder.encode(JSON.stringify(items, null, indent));
      expect(scanItems(bytes, items.length)?.map(({ value }) => value)).toEqual(JSON.parse(decoder.decode(bytes)));
      if (items.length > 0) expect(scanItems(bytes, items.length - 1)).toBeUndefined();
    }),
  );
});
