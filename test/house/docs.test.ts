import { routes } from '@clarity-runtime/api-contract';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ERROR_TABLE, errorRow, SUPPORTED_REVISIONS } from '@clarity-runtime/core';
import { DEFAULT_MAX_TOOL_NAME, LIMIT_NAMES, RESERVED_NAMESPACES } from '@clarity-runtime/core/internal';
import type { ErrorCode } from '@clarity-runtime/core';
import { format, resolveConfig } from 'prettier';
import { writtenRules } from './dependency-config.ts';
import { readText, root, textsOf } from './workspace-files.ts';

const REFERENCE = 'docs/reference/errors.md';

/** After a change of the table: `UPDATE_GENERATED=1 npm test -- test/house/docs`. */
test('docs/reference/errors.md equals the error table', async () => {
  const generated = await format(errorReference(), {
    ...(await resolveConfig(join(root, REFERENCE))),
    parser: 'markdown',
  });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, REFERENCE), generated);
  expect(await readText(REFERENCE)).toBe(generated);
});

test('docs/reference/bounds.md lists every limit name in order', async () => {
  const listed = [...(await readText('docs/reference/bounds.md')).matchAll(/^\| `([a-z_.]+)`/gm)].map(
    ([, name]) => name,
  );
  expect(listed).toEqual([...LIMIT_NAMES]);
});

test('every relative link of a document has a target', async () => {
  const dead: string[] = [];
  for (const [path, text] of await textsOf(/^(docs\/|schemas\/|examples\/|[^/]+$).*\.md$/)) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|#)/.test(target)) continue;
      if (!existsSync(join(root, dirname(path), target.replace(/#.*$/, '')))) dead.push(`${path}: ${target}`);
    }
  }
  expect(dead).toEqual([]);
});

test('[docs.runtime-spec] the specification lists revisions, namespaces, lengths and routes of the code', async () => {
  const spec = await readText('docs/spec/v1/runtime-spec.md');
  expect(codeAfter(spec, 'Revisions: ')).toEqual(SUPPORTED_REVISIONS);
  expect(codeAfter(spec, 'Reserved are: ')).toEqual([...RESERVED_NAMESPACES]);
  expect(spec).toContain(`at most ${String(DEFAULT_MAX_TOOL_NAME)} characters`);
  const written = [...spec.matchAll(/^\| (GET|POST|DELETE) +\| `(\S+)`/gm)].map(
    ([, method, path]) => `${String(method)} ${String(path)}`,
  );
  const served = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
  expect(written.sort()).toEqual(served.sort());
});

test('[docs.layered-requirements] the layered requirements name every written dependency rule once', async () => {
  const page = await readText('docs/requirements/layered-runtime-requirements.md');
  const table = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').at(-2) ?? '');
  const named = table.flatMap((cell) => [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, rule]) => rule));
  expect(named.sort()).toEqual([...writtenRules].sort());
});

function errorReference(): string {
  const rows = (Object.keys(ERROR_TABLE) as ErrorCode[]).sort().map((code) => {
    const { kind, title, advice, retryable } = errorRow(code);
    return `| [\`${code}\`](../errors/${code}.md) | ${kind} | ${title} | ${advice} | ${retryable === true ? 'yes' : ''} |`;
  });
  return [
    '# Errors',
    '',
    'Generated from `packages/core/src/domain/errors/error-table.ts`. Every error has one of these codes, a message that starts with',
    'the title, and a hint. "Again": the same request can succeed later without a change.',
    '',
    '| code | kind | title | hint | again |',
    '|---|---|---|---|---|',
    ...rows.map(escaped),
    '',
  ].join('\n');
}

/** Escapes `<` outside of code, because Markdown reads it as a tag. */
const escaped = (row: string): string => row.replace(/`[^`]*`|</g, (part) => (part === '<' ? '\\<' : part));

/** Returns the code spans between the words and the next full stop. */
function codeAfter(text: string, words: string): readonly string[] {
  const from = text.slice(text.indexOf(words) + words.length);
  return [...from.slice(0, from.search(/\.\s/)).matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
}
