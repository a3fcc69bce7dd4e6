import { expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import { check, resolveConfig } from 'prettier';
import tseslint from 'typescript-eslint';
import { readText, root } from './workspace-files.ts';

const { scripts } = JSON.parse(await readText('package.json')) as { scripts: Readonly<Record<string, string>> };

/** Runs the rules that need no types on a text without a file. */
async function lint(filePath: string, text: string): Promise<readonly (string | null)[]> {
  const eslint = new ESLint({ cwd: root, overrideConfig: [tseslint.configs.disableTypeChecked] });
  const results = await eslint.lintText(text, { filePath });
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
}

test('[quality.lint] npm run lint fails on a warning', () => {
  expect(scripts['lint']).toBe('eslint . --max-warnings 0');
});

test.each([
  ['process.cwd()', 'no-restricted-globals'],
  ['Buffer.from("x")', 'no-restricted-globals'],
  ['globalThis.fetch("x")', 'no-restricted-globals'],
  ['setTimeout(() => undefined, 1)', 'no-restricted-globals'],
  ['console.log(1)', 'no-restricted-globals'],
  ['crypto.randomUUID()', 'no-restricted-globals'],
  ['AbortSignal.timeout(1)', 'no-restricted-syntax'],
])('the linter refuses %s in core', async (code, rule) => {
  const text = `export const plant = (): unknown => ${code};\n`;
  expect(await lint('packages/core/src/application/plant.ts', text)).toEqual([rule]);
  expect(await lint('packages/cli/src/plant.ts', text)).toEqual([]);
});

test('the linter refuses a file of 251 lines', async () => {
  expect(await lint('packages/cli/src/plant.ts', '// a line\n\n'.repeat(126))).toEqual(['max-lines']);
});

test('strict type rules apply to every package and its tests', async () => {
  const eslint = new ESLint({ cwd: root });
  for (const path of ['packages/core/src/index.ts', 'packages/status-page/src/main.tsx', 'test/ledger.test.ts']) {
    const config = (await eslint.calculateConfigForFile(path)) as { rules: Record<string, readonly unknown[]> };
    expect(config.rules['@typescript-eslint/no-unsafe-assignment']?.[0]).toBe(2);
    expect(config.rules['@typescript-eslint/restrict-template-expressions']?.[0]).toBe(2);
  }
});

test('[quality.format] npm run format refuses another format', async () => {
  expect(scripts['format']).toBe('prettier --check .');
  const options = { ...(await resolveConfig(`${root}plant.ts`)), parser: 'typescript' };
  expect(await check("export const plant = 'x';\n", options)).toBe(true);
  expect(await check('export const plant = "x"\n', options)).toBe(false);
});

test('[quality.test] [quality.coverage] npm test builds first and runs jest; test:coverage measures it', () => {
  expect(scripts['test']).toMatch(/^npm run build && node .*jest\/bin\/jest\.js$/);
  expect(scripts['test:coverage']).toMatch(/^npm test -- --coverage /);
});
