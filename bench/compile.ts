import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cpuUsage } from 'node:process';
import { compile } from '@clarity-runtime/compiler';
import { shown, spreadOf } from './harness/statistics.ts';

const GOAL_MS = 50;
const LINES_PER_ROUND = 20_000;
const root = join(import.meta.dirname, '..');

async function sources(): Promise<readonly string[]> {
  const folders = [join(root, 'test', 'programs'), join(root, 'examples')];
  const paths = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder, { recursive: true });
      return names
        .filter((name) => name.endsWith('.clarity') && !name.includes('mistakes'))
        .map((name) => join(folder, name));
    }),
  );
  return Promise.all(paths.flat().map((path) => readFile(path, 'utf8')));
}

const linesOf = (text: string): number => text.split('\n').length - 1;

/** Measures the CPU time of the compiler per 1,000 lines, with the programs of the tests and the examples. */
export async function benchCompile(rounds: number): Promise<void> {
  const texts = await sources();
  const lines = texts.reduce((sum, text) => sum + linesOf(text), 0);
  const repeats = Math.ceil(LINES_PER_ROUND / lines);
  const round = (): number => {
    const before = cpuUsage();
    for (let left = repeats; left > 0; left -= 1) {
      for (const text of texts) if (!compile({ file: 'bench', text }).ok) throw new Error('a program does not compile');
    }
    const { user, system } = cpuUsage(before);
    return (user + system) / (repeats * lines);
  };
  const cold = cpuUsage();
  for (const text of texts) compile({ file: 'bench', text });
  const first = cpuUsage(cold);
  const coldMs = (first.user + first.system) / lines;
  round();
  const spread = spreadOf(Array.from({ length: rounds }, round));
  const written = `\ncompile: median (min to max) of ${String(rounds)} rounds, ${String(texts.length)} programs, ${String(lines)} lines\n`;
  process.stdout.write(written);
  process.stdout.write(
    `  CPU per 1,000 lines ${shown(spread)} ms, ${(spread.median / GOAL_MS).toFixed(2)} × the goal of ${String(GOAL_MS)} ms\n`,
  );
  process.stdout.write(`  first run without warm-up: ${coldMs.toFixed(2)} ms per 1,000 lines\n`);
}
