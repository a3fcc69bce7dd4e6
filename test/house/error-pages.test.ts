import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ERROR_TABLE, errorRow, type ErrorCode } from '@clarity-runtime/core';
import { statusOf } from '../../packages/adapter-http/src/http/error-map.ts';
import { readText, root } from './workspace-files.ts';

const FOLDER = 'docs/errors';
const codes = (Object.keys(ERROR_TABLE) as ErrorCode[]).sort();

/** The paragraph below the title of a page. */
function headOf(code: ErrorCode): string {
  const { kind, title, retryable } = errorRow(code);
  const again = retryable === true ? 'The same request can succeed later.' : 'The same request fails again.';
  return `The message starts with \`${title}\`. Kind \`${kind}\`, HTTP status ${String(statusOf(code))}. ${again}`;
}

test('each error code has a page, and no page has another name', async () => {
  const pages = (await readdir(join(root, FOLDER))).filter((name) => name !== 'README.md');
  expect(pages.sort()).toEqual(codes.map((code) => `${code}.md`));
});

/** After a change of the table: `UPDATE_GENERATED=1 npm test -- test/house/error-pages`. */
test.each(codes)('the page of %s has the facts of the error table, its causes and its remedy', async (code) => {
  const path = `${FOLDER}/${code}.md`;
  if (process.env['UPDATE_GENERATED'] === '1') {
    const [title = '', , ...rest] = (await readText(path)).split('\n\n');
    await writeFile(join(root, path), [title, headOf(code), ...rest].join('\n\n'));
  }
  const [title, head, why, cause = '', what, remedy = ''] = (await readText(path)).split('\n\n');
  expect([title, head, why, what]).toEqual([`# ${code}`, headOf(code), '## Why', '## What to do']);
  expect(cause.length).toBeGreaterThan(30);
  expect(remedy.length).toBeGreaterThan(10);
});
