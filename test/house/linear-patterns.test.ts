import { expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { root } from './workspace-files.ts';

const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });

/** Returns the count of findings of the rule in a module with this expression. */
async function findings(expression: string): Promise<number> {
  const text = `const PART = '[a-z]+';\nexport const plant = ${expression};\n`;
  const [result] = await eslint.lintText(text, { filePath: `${root}packages/cli/src/plant.ts` });
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId === 'clarity/linear-patterns').length;
}

test.each([
  String.raw`/[\w.+-]+@/`,
  String.raw`/\b(send)\b[^.]{0,80}(https?:|[\w.+-]+@[\w-]+\.\w)/`,
  String.raw`/^(a+)+$/`,
  String.raw`/^(?:a|a)*$/`,
  String.raw`/^(?:[a-z]|\w)*$/`,
  String.raw`/^\s*\s*$/`,
  String.raw`/^ +(.*)$/`,
  String.raw`/\s+$/`,
  String.raw`/%.*$/`,
  String.raw`/\/\*[^]*?\*\//g`,
  String.raw`/^(?:\d+,?)*$/`,
  'new RegExp(`${PART}@`)',
  'new RegExp(String(Math.random()))',
])('R01 the linter refuses the pattern %s', async (pattern) => {
  expect([pattern, await findings(pattern)]).toEqual([pattern, 1]);
});

test.each([
  String.raw`/^[\w.+-]+@[\w-]+\.\w/`,
  String.raw`/^\s*\{\s*"id"\s*:\s*\d+/`,
  String.raw`/"(?:[^"\\]|\\.)*"/y`,
  String.raw`/\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?/g`,
  String.raw`/(?<![a-z])[a-z]{3,}@/`,
  String.raw`/\s+/g`,
  String.raw`/^(?:\.[a-z]+)*$/`,
  'new RegExp(`^${PART}@`)',
])('the linter accepts the pattern %s', async (pattern) => {
  expect([pattern, await findings(pattern)]).toEqual([pattern, 0]);
});
