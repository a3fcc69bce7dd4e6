import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runScript } from '../support/script.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

test('sweep-dist deletes only the built files of removed sources', async () => {
  await using folder = await temporaryWorkspace();
  const outputs = (name: string): readonly string[] =>
    ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((end) => `a/dist/${name}${end}`);
  const files = ['a/src/here.ts', ...outputs('here'), ...outputs('gone'), ...outputs('deep/gone'), 'a/dist/bundle.js'];
  for (const file of [...files, 'b/src/here.ts']) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true });
    await writeFile(join(folder.path, file), '');
  }
  expect(await runScript('sweep-dist.mjs', [folder.path])).toEqual({ said: '', exitCode: 0 });
  const left = (await readdir(join(folder.path, 'a/dist'), { recursive: true })).sort();
  expect(left).toEqual(['bundle.js', 'deep', 'here.d.ts', 'here.d.ts.map', 'here.js', 'here.js.map']);
});
