import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { commands } from '../../../src/commands/command-table.ts';
import { runCtl } from '../../../src/programs/clarityctl-program.ts';
import { textWidth } from '../../../src/terminal/text-width.ts';
import { capture } from '../../support/capture.ts';
import type { Ran } from '../../support/fake-daemon.ts';
import { files, scenes } from './scenes.ts';
import { openStage } from './stage.ts';
import { steady } from './steady.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const nameOf = ({ syntax }: { readonly syntax: string }): string => syntax.split(' ', 1)[0] ?? '';

const shown = (argv: readonly string[], { exitCode, stdout, stderr }: Ran): string =>
  [
    `$ clarityctl ${argv.join(' ')}`,
    ...stdout.split('\n').slice(0, -1),
    ...stderr
      .split('\n')
      .slice(0, -1)
      .map((line) => `! ${line}`),
    ...(exitCode === 0 ? [] : [`= exit code ${String(exitCode)}`]),
    '',
    '',
  ].join('\n');

/**
 * After a change of the output run `UPDATE_GENERATED=1 npm test -- packages/cli/test/integration/captures`
 * and review the diff.
 */
async function expectCaptured(file: string, transcript: string): Promise<void> {
  const path = join(HERE, file);
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(path, transcript);
  expect(transcript).toBe(await readFile(path, 'utf8'));
}

test.each([
  ['at 80 columns', 'at-80-columns.txt', 80, []],
  ['at 200 columns', 'at-200-columns.txt', 200, []],
  ['with --json', 'with-json.txt', 80, ['--json']],
] as const)('the output of every command and its errors %s equals the capture', async (_, file, columns, flags) => {
  await using stage = await openStage(files);
  let transcript = '';
  for (const { argv } of scenes) {
    const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const full = [...argv.slice(0, end), ...flags, ...argv.slice(end)];
    transcript += steady(shown(full, await stage.ctl(full, { columns })), stage);
  }
  await expectCaptured(file, transcript);
});

test('every command has a scene', () => {
  const played = new Set(scenes.map(({ argv }) => argv[0]));
  expect(commands.map(nameOf).filter((name) => !played.has(name))).toEqual([]);
});

test('the help of every command fits into 80 columns', async () => {
  const stdout = capture(80);
  for (const argv of [['--help'], ...commands.map((command) => [nameOf(command), '--help'])]) {
    stdout.write(`$ clarityctl ${argv.join(' ')}\n`);
    expect(await runCtl({ argv, env: {}, cwd: HERE, stdout, stderr: stdout })).toBe(0);
    stdout.write('\n');
  }
  for (const line of stdout.text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
  await expectCaptured('help.txt', stdout.text);
});

test('colors are readable on dark and on light backgrounds', async () => {
  await using stage = await openStage(files);
  let text = '';
  for (const argv of [['add', 'tally'], ['doctor'], ['list'], ['audit'], ['bootstrap', 'status']]) {
    text += (await stage.ctl(argv, { columns: 80, env: { NO_COLOR: '' } })).stdout;
  }
  const codes = new Set(
    text
      .split('\u001b[')
      .slice(1)
      .map((after) => Number.parseInt(after, 10)),
  );
  expect([...codes].sort((a, b) => a - b)).toEqual([0, 1, 31, 32]);
});
