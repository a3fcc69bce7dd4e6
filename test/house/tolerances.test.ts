import { expect, test } from '@jest/globals';
import { TOLERANCES } from '../../packages/core/src/protocol/tolerances.ts';
import { testTitles } from './test-titles.ts';
import { textsOf } from './workspace-files.ts';

test('every tolerance has a test whose title begins with its id', async () => {
  const files = await textsOf(/^packages\/.*\.test\.ts$/);
  const titles = [...files].flatMap(([path, source]) => testTitles(path, source));
  const tested = new Set(titles.map((title) => /^(?:[A-Z]\d+[a-z]? )*([a-z-]+):/.exec(title)?.[1]));
  expect(Object.keys(TOLERANCES).filter((id) => !tested.has(id))).toEqual([]);
});
