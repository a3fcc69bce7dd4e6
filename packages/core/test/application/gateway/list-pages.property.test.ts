import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { listPages } from '../../../src/application/gateway/list-pages.ts';

test('listPages returns every entry once and in order, at most 1,000 in a page', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_500 }), (count) => {
      const entries = Array.from({ length: count }, (_, i) => String(i));
      const pages = listPages({ member: 'tools' }, entries);
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
});

test('R83 a page is at most pageLength long unless it has a single entry, and no entry is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 })), fc.integer({ min: 1, max: 500 }), (lengths, pageLength) => {
      const entries = lengths.map((length, i) => JSON.stringify(`${String(i)}${'x'.repeat(length)}`));
      const pages = listPages({ member: 'tools', pageLength }, entries);
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const params = new Map(cursor === undefined ? [] : [['cursor', RawJson.of(cursor)]]);
        const page = pages.page(params)?.value as { tools: string[]; nextCursor?: string };
        const size = page.tools.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
        expect(page.tools.length <= 1 || size <= pageLength).toBe(true);
        found.push(...page.tools);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(found).toEqual(entries.map((entry) => JSON.parse(entry) as unknown));
    }),
  );
});

test('R83 a page has at most 256 Ki characters by default', () => {
  const entries = Array.from({ length: 50 }, () => `"${'x'.repeat(30_000)}"`);
  expect(listPages({ member: 'tools' }, entries).page(new Map())?.bytes.length).toBeLessThan(257 * 1024);
});
