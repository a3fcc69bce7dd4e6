import type { Command } from '../command-support/command.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';

/** Prints the JSON Schema of a file, for editors. */
export const schema: Command = {
  syntax: 'schema [document]',
  describe: 'print the JSON Schema (draft 2020-12) of clarity.yaml, for an editor',
  subject: 'clarity.yaml',
  run: async (given, { output }) => {
    const document = given.text('document') ?? 'clarity.yaml';
    if (document !== 'clarity.yaml') throw usageError(`unknown document '${document}'`, 'use clarity.yaml');
    const { clarityFileSchema } = await import('../declarations/file-schema.ts');
    output.value(clarityFileSchema());
    return ExitCode.done;
  },
};
