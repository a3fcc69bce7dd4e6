import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { readText, root, workspaceFiles } from './workspace-files.ts';

const MAX_LINES = 150;

let document: string;

beforeAll(async () => {
  document = await readText('docs/architecture.md');
});

test('docs/architecture.md has at most 150 lines', () => {
  expect(document.trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
});

test('every path in the tables of docs/architecture.md exists below packages', () => {
  const paths = tableCells(document).flatMap((cell) =>
    [...cell.matchAll(/`([a-z-]+\/src\/[^`]+)`/g)].map(([, path = '']) => path),
  );
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(join(root, 'packages', path)))).toEqual([]);
});

test('the room map of docs/architecture.md lists every folder with sources once', async () => {
  const map = document.slice(document.indexOf('## Rooms'), document.indexOf('## One call'));
  const listed = [...map.matchAll(/`([a-z-]+(?:\/[a-z-]+)+)`/g)].map(([, room = '']) => room);
  expect(listed.sort()).toEqual(await rooms());
});

/** Returns the folders of `packages/*\/src` that contain files, as `<package>/<folder>`. */
async function rooms(): Promise<readonly string[]> {
  const folders = (await workspaceFiles())
    .filter((path) => /^packages\/[^/]+\/src\/.+\.(ts|tsx|css)$/.test(path))
    .map((path) => dirname(path).replace('packages/', '').replace('/src', ''));
  return [...new Set(folders)].filter((folder) => folder.includes('/')).sort();
}

/** Returns the cells of all table rows. */
const tableCells = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => line.split('|'));
