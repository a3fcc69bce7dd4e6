import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ImportJournal, trustFolders } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller } from '@clarity-runtime/core';
import { ApiClient } from '../api/api-client.ts';
import { daemonOf } from '../api/find-daemon.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { restoreClients } from '../client-imports/undo-import.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { stopDaemon } from '../command-support/stop-daemon.ts';
import { userClientConfigs } from '../command-support/user-clients.ts';
import { deletePrograms } from '../daemon/home-versions.ts';
import { homeFolder } from '../settings/home-folder.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { removeLoginService } from './service.ts';

/** One step of the removal. */
interface Removal {
  readonly what: string;
  readonly done: boolean;
  readonly reason?: string;
}

const WORD = 'purge';

/** Takes Clarity Runtime out of the clients and of the home. */
export const uninstall: Command = {
  syntax: 'uninstall',
  describe: 'take the gateway out of all clients, end the daemon of the home and delete its programs',
  flags: {
    purge: { type: 'switch', describe: 'delete services, secrets, audit and records of imports of the home too' },
    yes: { type: 'switch', alias: 'y', describe: 'do not ask' },
    'dry-run': { type: 'switch', describe: 'print the steps and change nothing' },
  },
  run: async (given, session) => {
    const home = homeFolder(session.env);
    const steps = stepsOf(given, session, home);
    if (given.has('dry-run')) {
      if (session.output.json) session.output.value({ ok: true, dryRun: true, steps: steps.map(([what]) => what) });
      else for (const [what] of steps) session.output.line(what);
      return ExitCode.done;
    }
    await consent(given, session, home);
    const removals: Removal[] = [];
    for (const [what, work] of steps) removals.push(...(await outcomesOf(what, work)));
    const ok = removals.every(({ done }) => done);
    if (session.output.json) session.output.value({ ok, steps: removals });
    else {
      for (const { what, done, reason } of removals) {
        session.output.line(reason === undefined ? what : `${what}: ${reason}`, done ? 'plain' : 'bad');
      }
      session.output.advice('the package itself: `npm uninstall -g clarity-runtime`, if npm installed it');
    }
    return ok ? ExitCode.done : ExitCode.failed;
  },
};

async function consent(given: ParsedArgs, { confirm, askLine }: CommandContext, home: string): Promise<void> {
  if (given.has('yes')) return;
  if (confirm === undefined || askLine === undefined) {
    throw usageError(
      'uninstall asks before it changes anything, and there is not a terminal',
      'add --dry-run or --yes',
    );
  }
  const cancelled = new CliError('cancelled: nothing was changed');
  if (!given.has('purge')) {
    if (!(await confirm('Remove the gateway from all clients and its programs from the home?'))) throw cancelled;
    return;
  }
  const answer = await askLine(
    `This deletes all services, secrets and records in ${home}. Type ${WORD} to go on: `,
  ).catch(() => '');
  if (answer.trim() !== WORD) throw cancelled;
}

type Step = readonly [what: string, work: () => Promise<readonly Removal[]>];

/** In an order in which no step needs what an earlier one removes: clients first, because the daemon may still serve them. */
function stepsOf(given: ParsedArgs, session: CommandContext, home: string): readonly Step[] {
  const { state } = trustFolders({ environment: session.env });
  const records = given.has('purge') ? [join(home, '.clarity'), join(state, 'imports')] : [];
  return [
    ['restore the files of clients that an import changed', () => restoreAll(new ImportJournal(state))],
    ['remove the gateway from the clients', () => removeEntries(given, session)],
    [
      'remove the login service',
      async () => {
        const path = await removeLoginService(session);
        return path === undefined ? [] : [{ what: `removed ${path}`, done: true }];
      },
    ],
    ['end the daemon of the home', () => endDaemon(session, home)],
    [
      `delete the programs in ${home}`,
      async () => {
        await deletePrograms(home);
        return [{ what: `deleted the programs in ${home}`, done: true }];
      },
    ],
    ...records.map((folder): Step => [
      `delete ${folder}`,
      async () => {
        await rm(folder, { recursive: true, force: true });
        return [{ what: `deleted ${folder}`, done: true }];
      },
    ]),
  ];
}

async function outcomesOf(what: string, work: Step[1]): Promise<readonly Removal[]> {
  try {
    return await work();
  } catch (error) {
    return [{ what, done: false, reason: messageOf(error) }];
  }
}

/** The newest import first, because a later one may have changed the file of an earlier one. */
async function restoreAll(journal: ImportJournal): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  for (const { id } of await journal.list()) {
    const opened = await journal.open(id);
    const steps = opened === undefined ? [] : await restoreClients(opened);
    removals.push(
      ...steps.map(({ name, result, reason }) => ({
        what: `${name}: ${result}`,
        done: result !== 'failed',
        ...(reason === undefined ? {} : { reason }),
      })),
    );
  }
  return removals;
}

async function removeEntries(given: ParsedArgs, session: CommandContext): Promise<readonly Removal[]> {
  const setup = userClientConfigs(given, session);
  const states = await setup.status(embeddedCaller, 'user');
  const clients = states.filter(({ configured }) => configured).map(({ client }) => client);
  const results = await setup.remove(embeddedCaller, { clients });
  return results.map((result) =>
    'failure' in result
      ? { what: `${result.client} keeps the gateway`, done: false, reason: result.failure.message }
      : { what: `${result.client}: removed from ${result.path}`, done: true },
  );
}

async function endDaemon({ token }: CommandContext, home: string): Promise<readonly Removal[]> {
  const found = await daemonOf(home);
  if (found === undefined) return [];
  const access = token === undefined ? {} : { token };
  const pid = await stopDaemon(new ApiClient({ daemonUrl: found.url, workspace: home, ...access }));
  return [{ what: `the daemon (pid ${String(pid)}) has ended`, done: true }];
}
