import { bootstrapClients } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller, type BootstrapResult } from '@clarity-runtime/core';
import { type ClientSetup } from '@clarity-runtime/core/internal';
import type { ConfigScope, GatewayTransport } from '@clarity-runtime/core/ports';
import type { Flag, ParsedArgs } from '../arguments/command-grammar.ts';
import { ownTokens, userClientConfigs, userConfigs, userTokens } from '../command-support/user-clients.ts';
import { CALL_VERBS, CLIENT_VERBS, dropClientToken, isConfigured, tokenNameOf } from '../composition/client-tokens.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';

const DEFAULT_CLIENTS = 'codex,claude';

const flags: Readonly<Record<'clients' | 'scope' | 'dry-run', Flag>> = {
  clients: {
    type: 'text',
    describe: `comma-separated: ${bootstrapClients.join(', ')}`,
    fallbackText: DEFAULT_CLIENTS,
  },
  scope: { type: 'text', describe: 'user (all folders) or project (this folder)', fallbackText: 'user' },
  'dry-run': { type: 'switch', describe: 'print the changes without writing them' },
};

export const bootstrap: Command = {
  syntax: 'bootstrap [action]',
  describe: 'add this gateway to the configuration of AI clients; `bootstrap status` lists the clients that have it',
  subject: 'status',
  flags: {
    ...flags,
    transport: {
      type: 'text',
      describe: 'stdio (the client starts a bridge) or http (the client connects)',
      fallbackText: 'stdio',
    },
    as: { type: 'text', describe: 'name of the access token of the clients', fallbackText: 'client-<client>' },
    profile: { type: 'text', describe: 'profile that the clients use; their tokens are bound to it' },
    'calls-only': { type: 'switch', describe: 'the tokens of the clients permit read and call only' },
    'no-token': { type: 'switch', describe: 'write entries without an access token' },
  },
  run: async (given, session) => {
    const action = given.text('action');
    if (action !== undefined && action !== 'status') {
      throw usageError(`unknown action 'bootstrap ${action}'`, 'use `bootstrap status`');
    }
    if (action === 'status') return showStatus(userClientConfigs(given, session), given, session);
    const transport = oneOf<GatewayTransport>(given, 'transport', ['stdio', 'http']);
    const request = requestOf(given);
    const tokenOf = transport === 'stdio' ? await tokensOf(given, session, request) : undefined;
    const clients = userClientConfigs(given, session, { tokenOf, profile: given.text('profile') });
    return showResults(await clients.put(embeddedCaller, { ...request, transport }), 'added to', given, session);
  },
};

export const bootstrapRemove: Command = {
  syntax: 'bootstrap-remove',
  describe: 'remove this gateway from the configuration of AI clients',
  flags,
  run: async (given, session) => {
    const request = requestOf(given);
    const results = await userClientConfigs(given, session).remove(embeddedCaller, request);
    if (!request.dryRun) await dropTokens(given, session, results);
    return showResults(results, 'removed from', given, session);
  },
};

/** Creates the tokens of the clients, unless this is a dry run. Returns the name of the token of each client. */
async function tokensOf(
  given: ParsedArgs,
  session: CommandContext,
  { clients, dryRun }: ReturnType<typeof requestOf>,
): Promise<((client: string) => string | undefined) | undefined> {
  if (given.has('no-token')) return undefined;
  const { output } = session;
  const [as, profile] = [given.text('as'), given.text('profile')];
  const nameOf = (client: string): string => as ?? tokenNameOf(client);
  if (dryRun) return nameOf;
  const known = clients.filter((client) => bootstrapClients.includes(client));
  const verbs = given.has('calls-only') ? CALL_VERBS : CLIENT_VERBS;
  const names = await ownTokens(session, known, { rights: { verbs, profile }, nameOf });
  if (typeof names !== 'string') return (client) => names.get(client);
  if (given.has('calls-only') || as !== undefined)
    throw new CliError(`the tokens of the clients cannot be created: ${names}`, {
      hint: 'start clarityd, and run the command again',
    });
  if (!output.json)
    output.note(
      `note: the entries have no token (${names}); start clarityd and run \`clarityctl bootstrap\` again for tokens`,
    );
  return undefined;
}

/** Revokes the tokens of clients that have no entry any more. */
async function dropTokens(
  given: ParsedArgs,
  session: CommandContext,
  results: readonly BootstrapResult[],
): Promise<void> {
  const { clients } = userConfigs(given, session);
  const tokens = userTokens(session);
  for (const result of results) {
    if ('failure' in result || !result.updated || (await isConfigured(clients, result.client))) continue;
    await dropClientToken(tokens, tokenNameOf(result.client)).catch((error: unknown) => {
      session.output.note(`note: the token ${tokenNameOf(result.client)} was not revoked: ${messageOf(error)}`);
    });
  }
}

function requestOf(given: ParsedArgs) {
  const names = (given.text('clients') ?? DEFAULT_CLIENTS).split(',').map((name) => name.trim());
  return {
    clients: [...new Set(names.filter((name) => name !== ''))],
    scope: oneOf<ConfigScope>(given, 'scope', ['user', 'project']),
    dryRun: given.has('dry-run'),
  };
}

function oneOf<T extends string>(given: ParsedArgs, flag: string, words: readonly [T, ...T[]]): T {
  const text = given.text(flag);
  const word = text === undefined ? words[0] : words.find((known) => known === text);
  if (word === undefined) throw usageError(`--${flag} must be ${words.join(' or ')}, not '${text ?? ''}'`);
  return word;
}

async function showStatus(clients: ClientSetup, given: ParsedArgs, { output }: CommandContext): Promise<number> {
  const states = await clients.status(embeddedCaller, oneOf<ConfigScope>(given, 'scope', ['user', 'project']));
  if (output.json) output.value({ clients: states });
  else {
    const rows = states.map(({ client, configured, present, transport, path, problem }) => [
      client,
      problem !== undefined ? 'unreadable' : configured ? `configured (${transport ?? ''})` : present ? 'found' : '-',
      problem === undefined ? path : `${path}: ${problem}`,
    ]);
    output.table(['CLIENT', 'STATE', 'FILE'], rows, (row) => (states[row]?.configured === true ? 'good' : 'plain'));
  }
  return ExitCode.done;
}

function showResults(
  results: readonly BootstrapResult[],
  done: 'added to' | 'removed from',
  given: ParsedArgs,
  { output }: CommandContext,
): number {
  const isDry = given.has('dry-run');
  if (output.json && !isDry) output.value({ results: results.map(rowOf) });
  for (const result of results) {
    if ('failure' in result) {
      output.note(`${result.client}: ${result.failure.message}`);
      output.note(`hint: ${result.failure.hint}`);
    } else if (isDry) for (const line of result.diff.split('\n').slice(0, -1)) output.line(line);
    else if (!output.json) {
      const change = result.updated ? `clarity_gateway ${done}` : 'no change in';
      output.line(`${result.client}: ${change} ${result.path}`);
      if (result.updated) output.line(`  next: ${result.next}`);
    }
  }
  return results.some((result) => 'failure' in result) ? ExitCode.failed : ExitCode.done;
}

function rowOf(result: BootstrapResult): object {
  const { client, updated } = result;
  if ('failure' in result) return { client, updated, error: result.failure.message, code: result.failure.code };
  return { client, updated, path: result.path, next: result.next };
}
