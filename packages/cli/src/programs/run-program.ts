import { codeOf, messageOf } from '../support/error-text.ts';
import { Exit, toProblem } from '../support/cli-error.ts';
import { visibleLines } from '../terminal/escape.ts';
import type { Surroundings } from '../support/process-context.ts';

/** Runs a program of this package to its exit code. What it throws is told on stderr, the next step with it. */
export async function exitCodeOf(
  main: (surroundings: Surroundings) => Promise<number>,
  surroundings: Surroundings,
): Promise<number> {
  try {
    return await main(surroundings);
  } catch (error) {
    const problem = toProblem(error);
    surroundings.stderr.write(`error: ${visibleLines(problem.message)}\n`);
    if (problem.hint !== undefined) surroundings.stderr.write(`hint: ${visibleLines(problem.hint)}\n`);
    return problem.exitCode;
  }
}

/**
 * The same for this process. It ends by itself, once everything that it wrote has left. Output that cannot be written is
 * lost and never thrown: a daemon outlives the disk that its log is on. For anybody else it is a failure.
 */
export async function runProgram(main: (surroundings: Surroundings) => Promise<number>): Promise<void> {
  const { argv, env, stdout, stderr } = process;
  const lost: Error[] = [];
  const gone = new AbortController();
  stderr.on('error', () => undefined);
  stdout.on('error', (error: Error) => {
    // Whoever read our output has seen enough.
    gone.abort();
    if (lost.length > 0 || codeOf(error) === 'EPIPE') return;
    lost.push(error);
    stderr.write(`error: the output could not be written: ${messageOf(error)}\n`);
    process.exitCode = Exit.failed;
  });
  const surroundings = { argv: argv.slice(2), env, cwd: process.cwd(), stdout, stderr, unread: gone.signal };
  const code = await exitCodeOf(main, surroundings);
  process.exitCode = lost.length > 0 && code === Exit.done ? Exit.failed : code;
}
