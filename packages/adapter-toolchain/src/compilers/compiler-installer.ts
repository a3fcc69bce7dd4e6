import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { CompilerInstaller } from '@clarity-runtime/core/ports';
import { childEnvironment, runChild } from './run-child.ts';
import { messageOf } from '../support/error-text.ts';
import type { Environment } from '../support/environment.ts';

/** Options of `compilerInstaller`. */
export interface CompilerInstallerOptions {
  readonly allowed: readonly string[];
  readonly usual: readonly string[];
  /** Absolute path; working directory of the installers. */
  readonly workspace: string;
  readonly env: Environment;
}

const MAX_OUTPUT_LENGTH = 4_000;

/**
 * Returns the runner of the allowed installers. An installer is a child process in its own process group, with a minimal
 * environment. Returns the last 4,000 characters of its output. `exitCode` is null if it was stopped or did not start.
 */
export const compilerInstaller = ({ allowed, usual, workspace, env }: CompilerInstallerOptions): CompilerInstaller => ({
  allowed,
  ...(usual.length === 0 ? {} : { usual }),
  run: async ([command = '', ...args], timeoutMs) => {
    try {
      const { exitCode, output, ended } = await runChild({
        command,
        args,
        cwd: workspace,
        env: childEnvironment(env),
        timeoutMs,
      });
      const note = ended === 'exit' ? '' : `\nstopped: ${ended}`;
      return { exitCode: ended === 'exit' ? exitCode : null, output: printableLines(output) + note };
    } catch (error) {
      return { exitCode: null, output: toPrintableAscii(messageOf(error), MAX_OUTPUT_LENGTH) };
    }
  },
});

const printableLines = (text: string): string =>
  text
    .slice(-MAX_OUTPUT_LENGTH)
    .split('\n')
    .map((line) => toPrintableAscii(line, MAX_OUTPUT_LENGTH))
    .join('\n');
