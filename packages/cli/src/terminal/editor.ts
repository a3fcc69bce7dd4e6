import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../support/process-context.ts';
import { CliError, usageError } from '../support/cli-error.ts';

const MAX_BYTES = 4 * 1024 * 1024;

/** A text in a private temporary file, which an editor of the user changes. */
export interface EditedFile extends AsyncDisposable {
  /** Opens the editor with a text, and returns the text when the editor has ended. */
  edit(text: string): Promise<string>;
}

/**
 * Returns a file for the editor of `VISUAL` or `EDITOR`, which may have arguments. No shell reads the variable.
 * @throws CliError with exit code 2 without an editor, with exit code 1 when the editor fails.
 */
export async function editedFile(env: Environment, name: string): Promise<EditedFile> {
  const [program, ...args] = wordsOf(env['VISUAL'] || env['EDITOR'] || '');
  if (program === undefined) {
    throw usageError('no editor is set', 'set EDITOR, for example: export EDITOR=vi');
  }
  const folder = await mkdtemp(join(tmpdir(), 'clarity-edit-'));
  const path = join(folder, name);
  return {
    edit: async (text) => {
      await writeFile(path, text, { mode: 0o600 });
      await run(program, [...args, path], env);
      const bytes = await readFile(path);
      if (bytes.length > MAX_BYTES) throw new CliError('the edited text is larger than 4 MiB');
      return bytes.toString('utf8');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function run(program: string, args: readonly string[], env: Environment): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    child.once('error', (error) => {
      reject(
        new CliError(`the editor ${program} did not start: ${error.message}`, { hint: 'set EDITOR to a program' }),
      );
    });
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new CliError(`the editor ended with ${signal ?? String(code)}; nothing was changed`));
    });
  });
}

/** Splits a command at blanks outside of quotes. */
const wordsOf = (text: string): readonly string[] =>
  (text.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
