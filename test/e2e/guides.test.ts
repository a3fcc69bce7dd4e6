import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { textsOf } from '../house/workspace-files.ts';
import { repository, temporaryWorkspace } from '../support/workspace.ts';

const documents = await textsOf(/^(README\.md|docs\/guides\/.*\.md)$/);

/** Returns every TypeScript block as a program, with port 0 instead of the fixed port. */
const programs = [...documents].flatMap(([path, text]) =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ''], at) => ({
    title: `${path}, block ${String(at + 1)}`,
    code: code.replace('listen(8080,', 'listen(0,'),
  })),
);

test('the README and the guides contain programs', () => {
  const from = (folder: string): number => programs.filter(({ title }) => title.startsWith(folder)).length;
  expect([from('README'), from('docs/guides/')]).toEqual([1, 15]);
});

test.each(programs)('program $title of the documents runs unchanged', async ({ code }) => {
  await using folder = await temporaryWorkspace();
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'));
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace);
  await writeFile(join(folder.path, 'program.mjs'), outputText);
  expect(await run(join(folder.path, 'program.mjs'), workspace)).toEqual({ exitCode: 0, stderr: '' });
});

/** Runs a program to its end. Stops a server after it prints its address. */
async function run(program: string, cwd: string): Promise<{ exitCode: number | null; stderr: string }> {
  const child = spawn(process.execPath, [program], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
    if (stdout.startsWith('listening')) child.kill('SIGTERM');
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { exitCode, stderr };
}
