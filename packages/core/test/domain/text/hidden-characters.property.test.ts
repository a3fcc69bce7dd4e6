import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visibleJson, visibleText } from '../../../src/domain/text/hidden-characters.ts';
import { arrayItems, membersOf, objectOf } from '../../../src/domain/json/json-members.ts';
import { RawJson } from '../../../src/domain/json/raw-json.ts';
import { listPages } from '../../../src/application/gateway/list-pages.ts';
import { matchesTemplate } from '../../../src/application/gateway/resource-table.ts';

const hidden = fc.constantFrom(
  '\u200b',
  '\u202e',
  '\ufeff',
  '\u0000',
  '\u007f',
  '\u2066',
  String.fromCodePoint(0xe0041),
  '\u00ad',
);
const seen = fc.string({ unit: 'grapheme' }).map((text) => visibleText(text));
const value = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 });

test('cleaned text is clean, and clean text stays as it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(hidden, seen)).map((parts) => parts.join('')),
      (text) => {
        const clean = visibleText(text);
        expect(visibleText(clean)).toBe(clean);
      },
    ),
  );
  for (const kept of ['Füße\n\tok', '👨‍👩‍👧 ❤️', 'می‌خواهم', '日本語', 'क्‍ष', 'a\r\nb'])
    expect(visibleText(kept)).toBe(kept);
});

test('hidden characters vanish from between letters, and with a terminal sequence all that belongs to it', () => {
  fc.assert(
    fc.property(hidden, (character) => {
      expect(visibleText(`1${character}2`)).toBe('12');
    }),
  );
  for (const [written, shown] of [
    ['a\u001b[8mb\u001b[0mc', 'abc'],
    ['a\u001b]0;title\u0007b', 'ab'],
    ['a\u001bMb', 'ab'],
    ['a\u009b8mb', 'a8mb'],
    ['1\u200d2', '12'],
  ] as const) {
    expect(visibleText(written)).toBe(shown);
  }
});

test('JSON keeps its shape and its digits, however a character is spelt', () => {
  expect(visibleJson('{"a":"x\\u200by","n":9007199254740993,"q":"\\"\\\\\\u0000"}')).toBe(
    '{"a":"xy","n":9007199254740993,"q":"\\"\\\\"}',
  );
  expect(visibleJson('{"a\u200b":[1.0,"\u200b"]}')).toBe('{"a":[1.0,""]}');
  fc.assert(
    fc.property(value, (any) => {
      const text = JSON.stringify(any);
      expect(() => JSON.parse(visibleJson(text)) as unknown).not.toThrow();
    }),
  );
});

test('items and members are found where they stand, and put together again', () => {
  fc.assert(
    fc.property(fc.array(value), fc.constantFrom(0, 1, '\t'), (list, indent) => {
      const text = JSON.stringify(list, null, indent);
      const items = arrayItems(RawJson.fromText(text).bytes, 1_000);
      expect(items.map((item) => item.value)).toEqual(JSON.parse(text));
      expect(arrayItems(RawJson.fromText(text).bytes, 1)).toHaveLength(Math.min(1, list.length));
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), value), fc.constantFrom(0, 1), (object, indent) => {
      const raw = RawJson.fromText(JSON.stringify(object, null, indent));
      expect(objectOf(membersOf(raw)).value).toEqual(raw.value);
    }),
  );
  for (const none of ['[1]', '5', 'null', '"{}"']) expect(membersOf(RawJson.fromText(none)).size).toBe(0);
});

test('the pages of a list have every entry once, in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_500 }), (count) => {
      const entries = Array.from({ length: count }, (_, i) => String(i));
      const pages = listPages('tools', entries);
      const found: unknown[] = [];
      let cursor: string | undefined;
      do {
        const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)]]);
        const page = pages.page(params)?.value as { tools: unknown[]; nextCursor?: string };
        expect(page.tools.length).toBeLessThanOrEqual(1_000);
        found.push(...page.tools);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(entries.map(Number));
    }),
    { numRuns: 20 },
  );
  const large = listPages(
    'tools',
    Array.from({ length: 5 }, () => `"${'x'.repeat(3_000_000)}"`),
  );
  expect(large.page(new Map())?.bytes.length).toBeLessThan(5_000_000);
});

test('a URI that was made from a template fits it', () => {
  const literal = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':', '.') });
  fc.assert(
    fc.property(
      fc.array(literal, { minLength: 1, maxLength: 5 }),
      fc.array(literal, { minLength: 5, maxLength: 5 }),
      (literals, values) => {
        const template = literals.join('{x}');
        const uri = literals.map((part, i) => (i === 0 ? part : `${values[i - 1] ?? ''}${part}`)).join('');
        expect(matchesTemplate(template, uri)).toBe(true);
      },
    ),
  );
  for (const [template, uri] of [
    ['a://{id}', 'b://1'],
    ['a://{id}/data', 'a://1'],
    ['a://x', 'a://xy'],
    ['a://{a}/b/{c}/d', 'a://1/d'],
    ['aba{x}aba', 'aba'],
  ] as const) {
    expect(matchesTemplate(template, uri)).toBe(false);
  }
});
