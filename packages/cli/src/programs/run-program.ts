import { codeOf, messageOf } from '../support/error-text.ts';
import { ExitCode } from '../support/cli-error.ts';
import { findWorkingCommands } from '../support/working-commands.ts';
import { printProblem } from './print-problem.ts';
import type { ProcessContext } from '../support/process-context.ts';

/** Runs a program of this package and returns its exit code. Prints a thrown error with its hint on stderr. */
export async function exitCodeOf(
  main: (surroundings: ProcessContext) => Promise<number>,
  surroundings: ProcessContext,
): Promise<number> {
  try {
    return await main(surroundings);
  } catch (error) {
    return printProblem(error, surroundings);
  }
}

/**
 * Runs a program as this process, which ends when its output is flushed. Output that cannot be written is dropped, so
 * that a daemon survives a full disk; other programs then exit with 1.
 */
export async function runProgram(main: (surroundings: ProcessContext) => Promise<number>): Promise<void> {
  const { argv, env, stdout, stderr } = process;
  const lost: Error[] = [];
  const gone = new AbortController();
  stderr.on('error', () => undefined);
  stdout.on('error', (error: Error) => {
    // The reader closed the pipe.
    gone.abort();
    if (lost.length > 0 || codeOf(error) === 'EPIPE') return;
    lost.push(error);
    stderr.write(`error: the output could not be written: ${messageOf(error)}\n`);
    process.exitCode = ExitCode.failed;
  });
  const cwd = process.cwd();
  const commands = findWorkingCommands({ env, cwd });
  const surroundings = { argv: argv.slice(2), env, cwd, stdout, stderr, unread: gone.signal, commands };
  const code = await exitCodeOf(main, surroundings);
  process.exitCode = lost.length > 0 && code === ExitCode.done ? ExitCode.failed : code;
}
