import { resolve } from 'node:path';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { applySteps, type StepOutcome } from '../declarations/apply-file.ts';
import { filePlan, type FileStep } from '../declarations/file-plan.ts';
import { checkPlainSecrets } from '../declarations/plain-secrets.ts';
import { readClarityFile, type ReadClarityFile } from '../declarations/read-clarity-file.ts';
import { changedSteps, filePlanJson, printFilePlan } from '../declarations/show-file-plan.ts';
import { watchFile } from '../declarations/watch-file.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { failureText, messageOf } from '../support/error-text.ts';

/** `apply` of a `clarity.yaml`: shows the plan, asks, and applies it. With `--watch` again after each change of the file. */
export async function applyDeclared(given: ParsedArgs, session: CommandContext, path: string): Promise<number> {
  const { output, confirm } = session;
  if (given.text('digest') !== undefined) throw usageError('--digest is for a manifest, not for a clarity.yaml');
  const isWatched = given.has('watch');
  if (isWatched && path === '-') throw usageError('--watch needs a file');
  if (!given.has('yes') && confirm === undefined) {
    throw usageError(
      'apply asks before it changes anything, and there is not a terminal',
      'add --yes, or see the changes with `clarityctl plan`',
    );
  }
  const read = await readClarityFile(session, path, given.text('variant'));
  checkPlainSecrets(session, read, given.has('strict'));
  const steps = await planOf(given, session, read);
  if (!output.json) printFilePlan(output, steps);
  const changed = changedSteps(steps);
  const isAgreed = changed.length === 0 || given.has('yes') || (await confirm?.('Apply these changes?')) === true;
  if (!isAgreed) throw new CliError('cancelled: nothing was changed');
  const outcomes = await apply(given, session, steps);
  const ok = outcomes.every((outcome) => outcome.ok);
  if (output.json) output.value({ ok, steps: filePlanJson(steps), results: outcomes });
  if (isWatched) await follow(given, session, path);
  return ok ? ExitCode.done : ExitCode.failed;
}

const planOf = (given: ParsedArgs, session: CommandContext, read: ReadClarityFile): Promise<readonly FileStep[]> =>
  filePlan(session, read, { prune: given.has('prune'), adopt: given.has('adopt') });

function apply(
  given: ParsedArgs,
  session: CommandContext,
  steps: readonly FileStep[],
): Promise<readonly StepOutcome[]> {
  const { output } = session;
  const tell = ({ name, ok, state = 'applied', error = '', hint }: StepOutcome): void => {
    if (!ok) output.note(failureText(name, error, hint));
    else if (!output.json) output.line(`${name}: ${state}`, 'good');
  };
  return applySteps(session, steps, { start: !given.has('no-start'), tell });
}

/** A file with an error changes nothing, and the error is printed once. */
async function follow(given: ParsedArgs, session: CommandContext, path: string): Promise<void> {
  const { output, cwd, unread } = session;
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  unread?.addEventListener('abort', end);
  process.once('SIGINT', end);
  let last = '';
  const again = async (): Promise<void> => {
    try {
      const read = await readClarityFile(session, path, given.text('variant'));
      if (given.has('strict')) checkPlainSecrets(session, read, true);
      const steps = await planOf(given, session, read);
      last = '';
      if (changedSteps(steps).length === 0) return;
      if (!output.json) printFilePlan(output, steps);
      const results = await apply(given, session, steps);
      if (output.json) output.record({ steps: filePlanJson(steps), results });
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== last) output.note(`error: ${problem}; nothing was changed`);
      last = problem;
    }
  };
  output.note(`watching ${path}; Ctrl-C ends`);
  try {
    await watchFile(resolve(cwd, path), again, ended.signal);
  } finally {
    process.off('SIGINT', end);
  }
}
