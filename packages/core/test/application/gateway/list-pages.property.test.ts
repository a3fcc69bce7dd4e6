import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson } from '@clarity-runtime/core';
import { listPages } from '../../../src/application/gateway/list-pages.ts';

test('listPages returns every entry once and in order, at most 1,000 in a page', () => {
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
});

test('listPages ends a page before 5,000,000 bytes', () => {
  const entries = Array.from({ length: 5 }, () => `"${'x'.repeat(3_000_000)}"`);
  expect(listPages('tools', entries).page(new Map())?.bytes.length).toBeLessThan(5_000_000);
});
