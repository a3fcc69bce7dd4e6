import { ImportJournal, trustFolders, type OpenImport } from '@clarity-runtime/adapter-store-fs';
import { DEFAULT_TENANT, decodeText, type ImportPlanRow, type RegisteredService } from '@clarity-runtime/core/internal';
import { isLoopback } from '../api/loopback.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { ownTokens, userConfigs, userGatewayEntry, userTokens } from '../command-support/user-clients.ts';
import { outcomeView, planView, recordView } from '../client-imports/plan-view.ts';
import { readPlan } from '../client-imports/read-plan.ts';
import { CALL_VERBS, isConfigured, tokenNameOf } from '../composition/client-tokens.ts';
import { rewireClients, rewireTargets, type RewireOutcome } from '../client-imports/rewire-clients.ts';
import { runImport, type ImportAnswers, type ImportOutcome } from '../client-imports/run-import.ts';
import { recordedImport, undoImport } from '../client-imports/undo-import.ts';
import { apiTarget, registeredServices } from '../imports/api-target.ts';
import { importFlags, importRequest } from '../imports/import-request.ts';
import { count, printPlan } from '../imports/show-plan.ts';
import { fetchBytes } from '../installs/fetch-bytes.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { failureText, messageOf } from '../support/error-text.ts';

/** As a file of a client. */
const MAX_DOWNLOAD_BYTES = 4 * 1024 * 1024;

export const importCommand: Command = {
  syntax: 'import [action] [id]',
  describe: 'import the MCP servers of AI clients; `import undo` restores everything',
  subject: 'undo, list or forget, and the id of an import (the newest one if absent)',
  flags: importFlags,
  run: (given, session) => {
    const action = given.text('action');
    if (action === undefined) return importServers(given, session);
    if (action === 'undo') return undo(given, session);
    if (action === 'list') return listImports(session);
    if (action === 'forget') return forget(given, session);
    throw usageError(
      `unknown action 'import ${action}'`,
      'use `import`, `import undo`, `import list` or `import forget`',
    );
  },
};

const journalOf = ({ env }: CommandContext): ImportJournal =>
  new ImportJournal(trustFolders({ environment: env }).state);

async function importServers(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output, confirm, api } = session;
  const request = importRequest(given);
  const isDry = given.has('dry-run');
  if (!isDry && !given.has('yes') && confirm === undefined) {
    throw usageError('import asks before it changes anything, and there is not a terminal', 'add --dry-run or --yes');
  }
  const journals = journalOf(session);
  const interrupted = (await journals.list()).find(({ isComplete }) => !isComplete);
  if (interrupted !== undefined) {
    output.note(
      `note: the import ${interrupted.id} was interrupted: undo it with \`import undo ${interrupted.id}\`, or continue here`,
    );
  }
  const { env, cwd, secretInput } = session;
  const textOf = (name: string): Promise<string> | undefined =>
    name === '-' ? secretInput.piped() : /^https?:/i.test(name) ? fetchedText(name) : undefined;
  const user = { env, cwd, textOf };
  const plan = await readPlan(user, request, await knownServices(session, isDry));
  const { rows, files } = plan;
  if (!output.json) printPlan(output, plan);
  const broken = files.filter(({ problem }) => problem !== undefined).length;
  if (isDry) {
    if (output.json) output.value({ ok: broken === 0, dryRun: true, ...planView(plan) });
    return broken === 0 ? ExitCode.done : ExitCode.failed;
  }
  const chosen = rows.filter(({ state }) => state === 'new');
  const local = chosen.filter(({ planned }) => planned?.isRemote === false);
  if (local.length > 0 && !isLoopback(api.daemonUrl)) {
    output.note(`warning: ${count(local.length, 'command')} will run on ${api.daemonUrl.host}, not on this machine`);
  }
  const secretCount = chosen.reduce((sum, { secrets }) => sum + secrets.length, 0);
  const question = `Move ${count(secretCount, 'secret')} to the secret store and add ${count(chosen.length, 'service')}?`;
  if (chosen.length > 0 && !given.has('yes') && (await confirm?.(question)) !== true) {
    throw new CliError('cancelled: nothing was changed');
  }
  const answers = given.has('yes') ? (new Map() satisfies ImportAnswers) : await askedValues(session, chosen);
  const journal = await journals.begin(
    api.daemonUrl.origin,
    new Date(),
    api.tenant === DEFAULT_TENANT ? undefined : api.tenant,
  );
  const tell = (outcome: ImportOutcome): void => {
    const { name, ok, state = '', error = '', hint, needs = [] } = outcome;
    if (!ok) output.note(failureText(name, error, hint));
    else if (needs.length > 0) output.note(failureText(name, `disabled, because it needs ${needs.join(', ')}`, hint));
    else if (!output.json) output.line(`${name} is ${state}`, state === 'RUNNING' ? 'good' : 'plain');
  };
  const outcomes = await runImport(apiTarget(api, userTokens(session)), chosen, {
    ...{ journal, answers, start: !given.has('no-start'), tell },
    warn: (text) => {
      output.note(text);
    },
  });
  const rewired = await rewire(given, session, rows, outcomes, journal);
  await journal.complete();
  const failed =
    outcomes.filter(({ ok }) => !ok).length + rewired.filter(({ problem }) => problem !== undefined).length;
  const { id } = journal.record;
  const ok = failed === 0 && broken === 0;
  if (output.json) output.value({ ok, id, ...planView(plan), results: outcomes.map(outcomeView), rewired });
  else {
    printRewired(session, rewired);
    output.line(addedText(outcomes));
    output.advice(`undo: \`clarityctl import undo ${id}\``);
  }
  return ok ? ExitCode.done : ExitCode.failed;
}

/** Returns for example `5 services added: 3 run, 1 is disabled, 1 did not start`. */
function addedText(outcomes: readonly ImportOutcome[]): string {
  const added = outcomes.filter(({ serviceId }) => serviceId !== undefined);
  const parts = [
    [added.filter(({ ok, state }) => ok && state === 'RUNNING').length, 'run'],
    [added.filter(({ state }) => state === 'disabled').length, 'disabled'],
    [added.filter(({ ok }) => !ok).length, 'did not start'],
  ] as const;
  const shown = parts.flatMap(([number, what]) => (number === 0 ? [] : [`${String(number)} ${what}`]));
  return `${count(added.length, 'service')} added${shown.length === 0 ? '' : `: ${shown.join(', ')}`}`;
}

/** Downloads a configuration. The address is one of the user, who reads the plan before anything is registered. */
async function fetchedText(address: string): Promise<string> {
  if (!URL.canParse(address)) throw new CliError('the address is not a URL');
  const { status, bytes } = await fetchBytes(new URL(address), { maxBytes: MAX_DOWNLOAD_BYTES, accept: '*/*' });
  if (status !== 200) throw new CliError(`the server answered with HTTP ${String(status)}`);
  return decodeText(bytes);
}

async function knownServices(session: CommandContext, isDry: boolean): Promise<readonly RegisteredService[]> {
  try {
    return await registeredServices(session.api);
  } catch (error) {
    if (!isDry) throw error;
    session.output.note(`note: registered services are not known: ${messageOf(error)}`);
    return [];
  }
}

/** Asks for the missing values. An empty answer leaves the service disabled. */
async function askedValues({ secretInput }: CommandContext, rows: readonly ImportPlanRow[]): Promise<ImportAnswers> {
  const all = new Map<ImportPlanRow, ReadonlyMap<string, string>>();
  for (const row of rows) {
    const answers = new Map<string, string>();
    for (const { name, description, fallback } of row.needs) {
      const text = `${row.name}: ${description ?? name}${fallback === undefined ? '' : ` [${fallback}]`} (not shown): `;
      const answer = ((await secretInput.ask?.(text)) ?? '').trim() || (fallback ?? '');
      if (answer !== '') answers.set(name, answer);
    }
    all.set(row, answers);
  }
  return all;
}

async function rewire(
  given: ParsedArgs,
  session: CommandContext,
  rows: readonly ImportPlanRow[],
  outcomes: readonly ImportOutcome[],
  journal: Parameters<typeof rewireClients>[2],
): Promise<readonly RewireOutcome[]> {
  const running = new Set(outcomes.filter(({ state }) => state === 'RUNNING').map(({ row }) => row));
  const { items } = await session.api.services();
  const isUp = new Set(items.filter(({ lifecycle }) => lifecycle === 'RUNNING').map(({ serviceId }) => serviceId));
  const replaced = rows.filter((row) => running.has(row) || (row.state === 'same' && isUp.has(row.serviceId ?? '')));
  if (replaced.length === 0) return [];
  const question = 'Let these clients use Clarity instead of their own copies?';
  const isWanted = given.has('rewire') || (!given.has('yes') && (await session.confirm?.(question)) === true);
  if (!isWanted) return [];
  const clients = [...new Set(rewireTargets(replaced).map(({ client }) => client))];
  const onCreate = (name: string): Promise<void> =>
    journal.addToken(clients.find((client) => tokenNameOf(client) === name) ?? '', name);
  const names = await ownTokens(session, clients, { rights: { verbs: CALL_VERBS }, keeps: true, onCreate });
  const tokenOf = typeof names === 'string' ? undefined : (client: string) => names.get(client);
  return rewireClients(replaced, (client) => userGatewayEntry(given, session, client, { tokenOf }), journal);
}

function printRewired({ output }: CommandContext, rewired: readonly RewireOutcome[]): void {
  for (const { client, path, names, problem } of rewired) {
    if (problem === undefined)
      output.line(`${client}: clarity_gateway replaces ${names.join(', ')} in ${path}; restart ${client}`);
    else output.note(`${client}: ${path} is unchanged: ${problem}`);
  }
}

async function undo(given: ParsedArgs, session: CommandContext): Promise<number> {
  const journal = journalOf(session);
  const opened = await recordedImport(journal, given.text('id'));
  assertSameTenant(session, opened.record);
  const { clients } = userConfigs(given, session);
  const steps = await undoImport(apiTarget(session.api, userTokens(session)), journal, opened, (client) =>
    isConfigured(clients, client),
  );
  const ok = steps.every(({ result }) => result !== 'failed');
  if (session.output.json) session.output.value({ ok, steps });
  else
    for (const { what, name, result, reason } of steps) {
      session.output.line(
        `${what} ${name}: ${result}${reason === undefined ? '' : ` (${reason})`}`,
        result === 'failed' ? 'bad' : 'plain',
      );
    }
  return ok ? ExitCode.done : ExitCode.failed;
}

/** @throws CliError for an import into another tenant than that of the command. */
function assertSameTenant({ api }: CommandContext, { id, tenant = DEFAULT_TENANT }: OpenImport['record']): void {
  if (tenant === (api.tenant ?? DEFAULT_TENANT)) return;
  const flag = tenant === DEFAULT_TENANT ? 'without --tenant' : `with --tenant ${tenant}`;
  throw new CliError(`the import '${id}' is one of the tenant '${tenant}'`, { hint: `run the command ${flag}` });
}

async function listImports(session: CommandContext): Promise<number> {
  const records = await journalOf(session).list();
  const rows = records.map(recordView);
  if (session.output.json) session.output.value({ imports: rows });
  else if (rows.length === 0) session.output.line('nothing was imported yet');
  else {
    session.output.table(
      ['ID', 'STATE', 'SERVICES', 'FILES'],
      rows.map(({ id, complete, services, files }) => [
        id,
        complete ? 'done' : 'interrupted',
        services.join(', '),
        files.join(', '),
      ]),
    );
  }
  return ExitCode.done;
}

async function forget(given: ParsedArgs, session: CommandContext): Promise<number> {
  const id = given.text('id');
  if (id === undefined) throw usageError('the id is missing', 'use `import forget <id>`');
  const isForgotten = await journalOf(session).forget(id);
  if (!isForgotten) throw new CliError(`the import '${id}' does not exist`, { hint: 'see `clarityctl import list`' });
  if (session.output.json) session.output.value({ ok: true, id });
  else session.output.line(`the record and the copies of ${id} are deleted`);
  return ExitCode.done;
}
