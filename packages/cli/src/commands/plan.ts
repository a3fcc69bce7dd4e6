import type { Flags, ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { ExitCode } from '../support/cli-error.ts';

/** Flags of commands that compare a file with the daemon. */
export const fileFlags: Flags = {
  prune: { type: 'switch', describe: 'remove services of the owner of the file that it does not name' },
  variant: { type: 'text', describe: 'variant of the file: its services enabled, the others disabled' },
  strict: { type: 'switch', describe: 'refuse plain values that look like secrets' },
  adopt: { type: 'switch', describe: 'take services of another owner, or without one' },
};

/** Compares a file with the daemon. */
export const plan: Command = {
  syntax: 'plan',
  describe: 'show what `apply` of a clarity.yaml would change',
  flags: {
    file: { type: 'text', alias: 'f', describe: 'file, or - for standard input', fallbackText: 'clarity.yaml' },
    ...fileFlags,
    'exit-code': { type: 'switch', describe: 'exit with 5 if something would change' },
  },
  run: async (given: ParsedArgs, session: CommandContext) => {
    const [
      { readClarityFile, DEFAULT_FILE },
      { filePlan },
      { changedSteps, filePlanJson, printFilePlan },
      { checkPlainSecrets },
    ] = await Promise.all([
      import('../declarations/read-clarity-file.ts'),
      import('../declarations/file-plan.ts'),
      import('../declarations/show-file-plan.ts'),
      import('../declarations/plain-secrets.ts'),
    ]);
    const read = await readClarityFile(session, given.text('file') ?? DEFAULT_FILE, given.text('variant'));
    checkPlainSecrets(session, read, given.has('strict'));
    const steps = await filePlan(session, read, { prune: given.has('prune'), adopt: given.has('adopt') });
    const count = changedSteps(steps).length;
    if (session.output.json) session.output.value({ ok: true, changes: count, steps: filePlanJson(steps) });
    else printFilePlan(session.output, steps);
    return given.has('exit-code') && count > 0 ? ExitCode.changes : ExitCode.done;
  },
};
