import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { addressOf, loadStorePackage } from '../composition/store-package.ts';
import { resolveSettings } from '../settings/setting.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { storeSettings } from '../settings/store-settings.ts';
import { trustStoreSettings } from '../settings/trust-settings.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { isStoreError } from '@clarity-runtime/core';

const ACTIONS = ['check', 'migrate', 'rebase', 'upgrade'];

/** `clarityctl store <action>`: the schema of the database that several daemons share. */
export const store: Command = {
  syntax: 'store <action>',
  describe: 'the database of several daemons: `store upgrade`, `store check`, `store migrate` and `store rebase`',
  subject:
    'upgrade: create the schema or bring it to this version; check: tell whether a daemon can use it; migrate: move a workspace to it, or back; rebase: after a restore',
  flags: {
    'dry-run': {
      type: 'switch',
      describe: 'print the steps of `upgrade` or the counts of `migrate`, and change nothing',
    },
    from: { type: 'text', describe: 'of `migrate`: the folder of a workspace, or postgres://…' },
    to: { type: 'text', describe: 'of `migrate`: the other one of both; it must be empty' },
    ...settingFlags({ ...storeSettings, ...trustStoreSettings }),
  },
  run: async (given, session) => {
    const action = given.text('action') ?? '';
    if (!ACTIONS.includes(action))
      throw usageError(`unknown action 'store ${action}'`, `actions: ${ACTIONS.join(', ')}`);
    try {
      return await run(action, given, session);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      throw new CliError((error as Error).message, { exitCode: ExitCode.failed, cause: error });
    }
  },
};

async function run(action: string, given: ParsedArgs, { output, env, cwd }: CommandContext): Promise<number> {
  const settings = resolveSettings({ ...storeSettings, ...trustStoreSettings }, given.texts(), env);
  const dryRun = given.has('dry-run');
  if (action === 'migrate') {
    const [from, to] = [given.text('from'), given.text('to')];
    if (from === undefined || to === undefined) throw usageError('store migrate needs --from and --to');
    const { storeMigrate } = await import('./store-migrate.ts');
    const counts = await storeMigrate({ from, to, dryRun, cwd, env, settings });
    if (output.json) output.value({ counts, dryRun });
    else
      for (const [kind, count] of Object.entries(counts))
        output.line(`${kind}: ${String(count)}${dryRun ? '' : ', equal'}`);
    if (!dryRun && !to.startsWith('postgres'))
      output.note(`start the daemon of ${to} with the same --key-file, or run \`clarityctl trust\` in the folder`);
    return ExitCode.done;
  }
  const { value: url } = settings.store;
  if (url === undefined)
    throw usageError('no database: add --store postgres://user@host/database, or set CLARITY_STORE');
  const loaded = await loadStorePackage();
  const address = await addressOf(loaded, url, settings);
  if (action === 'check') {
    const { durable, serverVersion, warnings } = await loaded.inspectDatabase(address);
    if (output.json) output.value({ store: address.shown, serverVersion, durable, warnings });
    else output.line(`${address.shown}: PostgreSQL ${serverVersion}, ready`, 'good');
    for (const warning of output.json ? [] : warnings) output.line(`warning: ${warning}`);
    return ExitCode.done;
  }
  const { from, to, steps } = await loaded.upgradeSchema({ address, dryRun, rebase: action === 'rebase' });
  const names = steps.map(({ name }) => name);
  if (output.json) output.value({ store: address.shown, from, to, steps: names, dryRun });
  else if (dryRun) output.line(steps.map(({ sql }) => sql).join('\n'));
  else if (action === 'rebase') output.line(`${address.shown}: every daemon reads the data again`, 'good');
  else
    output.line(
      `${address.shown}: schema version ${String(to)}${from === to ? ', nothing to do' : `, was ${String(from)}`}`,
      'good',
    );
  return ExitCode.done;
}
