import { gzipSync } from 'node:zlib';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PAGE_FOLDER } from './support/browser.ts';

const assets = join(PAGE_FOLDER, 'assets');
const sizeOf = (extension: string): number =>
  readdirSync(assets)
    .filter((name) => name.endsWith(extension))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length, 0);

test('check 40: all JavaScript is at most 120 kB, and all CSS at most 14 kB, compressed', () => {
  expect(sizeOf('.js')).toBeLessThanOrEqual(120_000);
  expect(sizeOf('.css')).toBeLessThanOrEqual(14_000);
});
