import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readText, root, workspaceFiles } from '../house/workspace-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clarity-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** One file in each limited part, with 100 lines and 100 branches. */
const FILES = {
  store: 'packages/adapter-store-fs/src/files/atomic-file.ts',
  policy: 'packages/core/src/domain/calls/policy.ts',
  access: 'packages/core/src/domain/access/decide.ts',
  parsers: 'packages/core/src/protocol/sse-reader.ts',
};

/** Runs the gate on a measurement with this many covered lines and branches per part. */
async function gate(covered: Partial<Record<keyof typeof FILES, number>>, lines = 90) {
  const figures = (branches: number) => ({
    lines: { total: 100, covered: lines },
    branches: { total: 100, covered: branches },
  });
  const entries = Object.entries(covered).map(([part, count]) => [
    join(root, FILES[part as keyof typeof FILES]),
    figures(count),
  ]);
  const path = join(folder, 'summary.json');
  await writeFile(path, JSON.stringify(Object.fromEntries([['total', figures(0)], ...entries])));
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'scripts/coverage-gate.mjs'), path], {
    encoding: 'utf8',
  });
  return [status, stdout.split('\n').filter((line) => line.startsWith('LOW'))];
}

const ENOUGH = { store: 95, policy: 95, access: 95, parsers: 95 };

test('the gate passes at 90 % of the lines and 95 % of the branches, and fails below either', async () => {
  expect(await gate(ENOUGH)).toEqual([0, []]);
  expect(await gate(ENOUGH, 89)).toEqual([1, ['LOW all: 89.00 % of the lines, limit 90 %']]);
  for (const part of Object.keys(FILES))
    expect(await gate({ ...ENOUGH, [part]: 94 })).toEqual([1, [`LOW ${part}: 94.00 % of the branches, limit 95 %`]]);
  expect(await gate({ store: 95, policy: 95, access: 95 })).toEqual([
    1,
    ['LOW parsers: 0.00 % of the branches, limit 95 %'],
  ]);
  const missing = spawnSync(process.execPath, [join(root, 'scripts/coverage-gate.mjs'), join(folder, 'none.json')]);
  expect(missing.status).toBe(2);
});

test('each folder that a part of the gate names exists', async () => {
  const source = await readText('scripts/coverage-gate.mjs');
  const files = await workspaceFiles();
  for (const path of Object.values(FILES)) expect(files).toContain(path);
  for (const [, name = ''] of source.matchAll(/[(|](audit-chain|registry|memory|validation|lexer|parser|guard)[)|]/g))
    expect([name, files.some((path) => path.includes(`/src/${name}/`))]).toEqual([name, true]);
});

test('the workflows that release run the gate after the measurement', async () => {
  for (const name of ['release', 'snapshot']) {
    const workflow = await readText(`.github/workflows/${name}.yml`);
    const measured = workflow.indexOf('test:coverage');
    expect([name, measured > 0, workflow.indexOf('coverage:gate') > measured]).toEqual([name, true, true]);
  }
});
