import { resolve } from 'node:path';
import { runTests, type TestOutcome } from '@clarity-runtime/adapter-wasm';
import { compileTests, formatDiagnostic } from '@clarity-runtime/compiler';
import type { CommandGrammar, ParsedArgs } from '../arguments/command-grammar.ts';
import { compileProblem, shownPath, readSource } from '@clarity-runtime/adapter-toolchain';
import { ExitCode, CliError } from '../support/cli-error.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { escapeForTerminal } from '../terminal/escape.ts';

const DEADLINE_MS = 10_000;
const MAX_MEMORY_BYTES = 64 * 1024 * 1024;

interface Report {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly tests: readonly (TestOutcome & { readonly ok: boolean })[];
}

/** `clarityc test`: runs the functions of a source whose names start with `test_`. */
export const testCommand = {
  syntax: 'test <file>',
  describe: 'run the functions of a source whose names start with test_',
  subject: 'a Clarity source',
  flags: { json: { type: 'switch', describe: 'print JSON' } },
  run: async (given: ParsedArgs, { cwd, stdout }: ProcessContext): Promise<number> => {
    const path = resolve(cwd, given.text('file') ?? '');
    const report = await runSource(path, shownPath(cwd, path));
    stdout.write(given.has('json') ? `${JSON.stringify(report, null, 2)}\n` : inWords(report));
    return report.failed === 0 ? ExitCode.done : ExitCode.failed;
  },
} satisfies CommandGrammar & { run: unknown };

async function runSource(path: string, file: string): Promise<Report> {
  const compiled = compileTests({ file, text: await readSource(path) });
  if (!compiled.ok) throw compileProblem(file, compiled.diagnostics.map(formatDiagnostic).join('\n\n'));
  const { wasm, document } = compiled;
  const takes = document.functions.find(({ params }) => params.length > 0);
  if (takes !== undefined) {
    const hint = 'rename the function and call it from a test';
    throw new CliError(`${file}: test ${takes.name} has parameters`, { hint });
  }
  if (document.functions.length === 0) {
    const hint =
      'add a function whose name starts with test_, such as: effect[Test] function test_add() -> Unit { assert_eq(1 + 1, 2) }';
    throw new CliError(`${file} has no tests`, { hint });
  }
  const tests: Report['tests'][number][] = [];
  const module = { wasm, document, deadlineMs: DEADLINE_MS, maxMemoryBytes: MAX_MEMORY_BYTES };
  for await (const outcome of runTests(module)) {
    tests.push({ ok: outcome.problem === undefined && outcome.failures.length === 0, ...outcome });
  }
  const passed = tests.filter(({ ok }) => ok).length;
  return { file, passed, failed: tests.length - passed, tests };
}

function inWords({ file, passed, failed, tests }: Report): string {
  const lines = tests.flatMap(({ ok, name, checked, failures, problem, log }) => [
    `${ok ? 'ok  ' : 'FAIL'} ${name} (${counted(checked, 'assertion')})`,
    ...failures.map(({ assertion, expected, actual }) => `     ${assertion}: expected ${expected}, actual ${actual}`),
    ...(problem === undefined ? [] : [`     ${problem}`]),
    ...(ok ? [] : log.map((line) => `     | ${line}`)),
  ]);
  const sum = `${file}: ${counted(passed, 'test')} passed, ${String(failed)} failed`;
  return [...lines, sum].map((line) => `${escapeForTerminal(line)}\n`).join('');
}

const counted = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
