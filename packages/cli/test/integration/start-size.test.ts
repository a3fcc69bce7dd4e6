import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const DIST = join(import.meta.dirname, '../../dist');
/** Node.js parses all of it at each start, about 100 ms per MiB. */
const MAX_START_BYTES = 1_900_000;

/** Returns the text of each file that a program loads before its first line runs. */
async function loaded(program: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const load = async (name: string): Promise<void> => {
    if (texts.has(name)) return;
    const text = await readFile(join(DIST, name), 'utf8');
    texts.set(name, text);
    for (const [, next = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) await load(next);
  };
  await load(program);
  return texts;
}

test('clarityd loads at most 1.9 MB at its start, without the compiler, the validator, the width of texts, the HTTP client and foreign languages', async () => {
  const texts = await loaded('clarityd.js');
  expect(texts.size).toBeGreaterThan(3);
  const all = [...texts.values()].join('');
  expect(Buffer.byteLength(all)).toBeLessThan(MAX_START_BYTES);
  expect(all).not.toMatch(/function (checkModule|emitModule)\(/);
  expect(all).not.toContain('ajv/dist/core');
  expect(all).not.toContain('Intl.Segmenter');
  expect(all).not.toContain('packages/adapter-http/node_modules/undici');
  expect(all).not.toContain('Ungültige');
});
