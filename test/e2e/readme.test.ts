import { compile } from '@clarity-runtime/compiler';
import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../support/program.ts';
import { repository } from '../support/workspace.ts';

const readme = await readFile(join(repository, 'README.md'), 'utf8');

/** Returns the first fenced block of a language. */
const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? '';

test('the service of the README compiles and has the named tools', () => {
  const compiled = compile({ file: 'greetings.clarity', text: block('clarity') });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
  expect(compiled.warnings).toEqual([]);
  const tools = compiled.document.functions.map(({ name }) => `greetings__fn__${name}`);
  expect(tools).toEqual(['greetings__fn__greet', 'greetings__fn__share']);
  for (const tool of tools) expect(readme).toContain(`\`${tool}\``);
});

/** Returns the first cells of the table of commands for one program, without its name. */
const cells = (name: string): readonly string[] =>
  readme
    .split('\n')
    .filter((line) => line.startsWith(`| \`${name} `))
    .map((line) => (line.split(/(?<!\\)\|/)[1] ?? '').replace(name, ''));

test('the flags of clarityd in the README are in its help', async () => {
  const { stdout } = await runProgram('clarityd', ['--help'], { cwd: repository });
  const flags =
    cells('clarityd')
      .join()
      .match(/--[a-z-]+/g) ?? [];
  expect(flags).toHaveLength(4);
  for (const flag of flags) expect(stdout).toContain(` ${flag} `);
});

test.each(['clarityctl', 'clarityc'] as const)('the commands of %s in the README are in its help', async (name) => {
  const { stdout } = await runProgram(name, ['--help'], { cwd: repository });
  const words = cells(name).flatMap((cell) => cell.replace(/<[^>]*>|\[[^\]]*\]/g, '').match(/[a-z]+(-[a-z]+)*/g) ?? []);
  expect(words.length).toBeGreaterThan(2);
  // The help in groups names commands without the program.
  for (const word of words) expect(stdout).toMatch(new RegExp(`^  (?:${name} )?${word} `, 'm'));
});
