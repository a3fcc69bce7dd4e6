import { expect, test } from '@jest/globals';
import { textsOf } from './workspace-files.ts';

const CEILING = 250;
const MEDIAN = 80;

const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

const longest = (texts: ReadonlyMap<string, string>): readonly string[] =>
  [...texts].filter(([, text]) => linesOf(text) > CEILING).map(([path, text]) => `${path}: ${String(linesOf(text))}`);

test('no source, test or example has more than 250 lines', async () => {
  const texts = await textsOf(
    /^(packages\/[^/]+\/(src|test|bin)\/|test\/|tools\/|examples\/).*\.(ts|tsx|js|mjs|css|html|clarity)$/,
  );
  expect(texts.size).toBeGreaterThan(100);
  expect(longest(texts)).toEqual([]);
});

test('half of all source files have at most 80 lines', async () => {
  const lengths = [...(await textsOf(/^packages\/[^/]+\/src\/.*\.tsx?$/)).values()].map(linesOf).sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(MEDIAN);
});

test('a file of 251 lines is named', () => {
  expect(
    longest(
      new Map([
        ['good.ts', 'x\n'.repeat(250)],
        ['bad.ts', 'x\n'.repeat(251)],
      ]),
    ),
  ).toEqual(['bad.ts: 251']);
});
