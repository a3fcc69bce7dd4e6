import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { CompilerInstaller } from '@clarity-runtime/core/ports';
import { childEnvironment, runChild } from './run-child.ts';
import { messageOf } from '../support/error-text.ts';
import type { Environment } from '../support/environment.ts';

export interface CompilerInstallerOptions {
  readonly allowed: readonly string[];
  readonly usual: readonly string[];
  /** Absolute. */
  readonly workspace: string;
  readonly env: Environment;
}

const SHOWN = 4_000;

/** Runs what the operator has allowed, as a child that is told nothing and ends as a group. */
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
      const cut = ended === 'by itself' ? '' : `\nstopped: ${ended}`;
      return { exitCode: ended === 'by itself' ? exitCode : null, output: printableLines(output) + cut };
    } catch (error) {
      return { exitCode: null, output: toPrintableAscii(messageOf(error), SHOWN) };
    }
  },
});

const printableLines = (text: string): string =>
  text
    .slice(-SHOWN)
    .split('\n')
    .map((line) => toPrintableAscii(line, SHOWN))
    .join('\n');
