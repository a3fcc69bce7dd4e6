import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { trustFolders, WorkspaceRecords, type WorkspaceRecord } from '@clarity-runtime/adapter-store-fs';
import type { TrustReply } from '@clarity-runtime/api-contract';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { trustLines } from '../command-support/trust-lines.ts';
import type { TrustDecision } from '../composition/workspace-trust.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { trustStoreSettings } from '../settings/trust-settings.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { codeOf } from '../support/error-text.ts';

/** `clarityctl trust [action]`: shows what the services of a workspace run, and allows it. */
export const trust: Command = {
  syntax: 'trust [action]',
  describe: 'allow the services of a copied or cloned workspace; `trust list` and `trust revoke`',
  subject: 'list or revoke; default: show what would run, and ask',
  flags: {
    yes: { type: 'switch', alias: 'y', describe: 'trust without a question' },
    ...settingFlags(trustStoreSettings),
  },
  run: async (given, session) => {
    const action = given.text('action');
    if (action === undefined) return decide(given, session);
    if (action === 'list') return list(given, session);
    if (action === 'revoke') return revoke(given, session);
    throw usageError(`unknown action 'trust ${action}'`, 'actions: list, revoke; without one: show and ask');
  },
};

async function decide(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output, confirm } = session;
  await using door = await openDoor(given, session);
  const shown = await door.report();
  if (shown.trusted) return tell(session, shown);
  if (!given.has('yes')) {
    if (output.json) output.value(shown);
    else for (const line of trustLines(shown)) output.line(line);
    if (confirm === undefined) {
      throw new CliError('the workspace is not trusted', { hint: 'add --yes to trust what is shown above' });
    }
    if (!(await confirm('Trust this workspace?'))) throw new CliError('the workspace was not trusted');
  }
  return tell(session, await door.trust(shown.digest));
}

function tell({ output }: CommandContext, report: TrustReply): number {
  if (output.json) output.value(report);
  else output.line(`${report.workspace ?? 'the workspace'} is trusted`, 'good');
  return ExitCode.done;
}

/** Opens the state of the daemon, or of the workspace in the current folder when no daemon listens. */
async function openDoor(given: ParsedArgs, { api, cwd, env }: CommandContext): Promise<TrustDecision> {
  try {
    await api.trustReport();
    return {
      report: () => api.trustReport(),
      trust: (digest) => api.trustWorkspace(digest),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  } catch (error) {
    if (codeOf(error) !== 'ECONNREFUSED') throw error;
  }
  const { trustStore, keyFile } = resolveSettings(trustStoreSettings, given.texts(), env);
  // Loaded only here: the runtime and its adapters double the start time of every command.
  const { openWorkspaceTrust } = await import('../composition/workspace-trust.ts');
  return openWorkspaceTrust({
    workspace: cwd,
    environment: env,
    trustStore: trustStore.value,
    keyFile: keyFile.value,
  });
}

const recordsOf = (given: ParsedArgs, { env, cwd }: CommandContext): WorkspaceRecords => {
  const { trustStore } = resolveSettings(trustStoreSettings, given.texts(), env);
  const folder = trustStore.value === undefined ? undefined : resolve(cwd, trustStore.value);
  return new WorkspaceRecords(trustFolders({ environment: env, trustStore: folder }).state);
};

async function list(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output } = session;
  const items = (await recordsOf(given, session).all()).map(shownRecord);
  if (output.json) output.value({ items });
  else if (items.length === 0) output.line('no workspace is trusted');
  else {
    output.table(
      ['PATH', 'TRUSTED', 'ID'],
      items.map(({ path, trusted, workspaceId }) => [path, trusted ? 'yes' : 'no', workspaceId]),
    );
  }
  return ExitCode.done;
}

const shownRecord = ({ path, trusted, workspaceId }: WorkspaceRecord) => ({ path, trusted, workspaceId });

async function revoke(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { api, cwd, output } = session;
  const path = await realpath(cwd);
  const served = await api.trustReport().catch((error: unknown) => {
    if (codeOf(error) !== 'ECONNREFUSED') throw error;
    return undefined;
  });
  // A running daemon also stops its services.
  if (served?.workspace === path) await api.revokeTrust();
  else {
    const records = recordsOf(given, session);
    const found = (await records.all()).filter((record) => record.path === path);
    if (found.length === 0) throw new CliError(`${path} has no record`, { hint: 'see `clarityctl trust list`' });
    for (const record of found) await records.write({ ...record, trusted: false });
  }
  if (output.json) output.value({ workspace: path, trusted: false });
  else output.line(`${path} is no longer trusted`);
  return ExitCode.done;
}
