import { bootstrapClients } from '@clarity-runtime/adapter-store-fs';
import { embeddedCaller, type BootstrapResult } from '@clarity-runtime/core';
import { type ClientSetup } from '@clarity-runtime/core/internal';
import type { ConfigScope, GatewayTransport } from '@clarity-runtime/core/ports';
import type { Flag, ParsedArgs } from '../arguments/command-grammar.ts';
import { userClientConfigs } from '../command-support/user-clients.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
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
  },
  run: async (given, session) => {
    const action = given.text('action');
    if (action !== undefined && action !== 'status') {
      throw usageError(`unknown action 'bootstrap ${action}'`, 'use `bootstrap status`');
    }
    const clients = userClientConfigs(given, session);
    if (action === 'status') return showStatus(clients, given, session);
    const transport = oneOf<GatewayTransport>(given, 'transport', ['stdio', 'http']);
    return showResults(await clients.put(embeddedCaller, { ...requestOf(given), transport }), given, session);
  },
};

export const bootstrapRemove: Command = {
  syntax: 'bootstrap-remove',
  describe: 'remove this gateway from the configuration of AI clients',
  flags,
  run: async (given, session) =>
    showResults(await userClientConfigs(given, session).remove(embeddedCaller, requestOf(given)), given, session),
};

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

function showResults(results: readonly BootstrapResult[], given: ParsedArgs, { output }: CommandContext): number {
  const isDry = given.has('dry-run');
  if (output.json && !isDry) output.value({ results: results.map(rowOf) });
  for (const result of results) {
    if ('failure' in result) {
      output.note(`${result.client}: ${result.failure.message}`);
      output.note(`hint: ${result.failure.hint}`);
    } else if (isDry) for (const line of result.diff.split('\n').slice(0, -1)) output.line(line);
    else if (!output.json) {
      output.line(`${result.client}: ${result.updated ? 'written to' : 'no change in'} ${result.path}`);
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
