import { expect, test } from '@jest/globals';
import { textsOf } from './workspace-files.ts';

const MAX_LINES = 250;

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const tooLong = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].filter(([, text]) => linesOf(text) > MAX_LINES).map(([path, text]) => `${path}: ${String(linesOf(text))}`);

test('sources, tests and examples have at most 250 lines', async () => {
  const texts = await textsOf(
    /^(packages\/[^/]+\/(src|test|bin)\/|test\/|tools\/|examples\/|bench\/|scripts\/).*\.(ts|tsx|js|mjs|css|html|clarity)$/,
  );
  expect(texts.size).toBeGreaterThan(100);
  expect(tooLong(texts)).toEqual([]);
});

test('the line check reports a file of 251 lines', () => {
  expect(
    tooLong(
      new Map([
        ['good.ts', 'x\n'.repeat(250)],
        ['bad.ts', 'x\n'.repeat(251)],
      ]),
    ),
  ).toEqual(['bad.ts: 251']);
});
