import { routes } from '@clarity-runtime/api-contract';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { TokenFile } from '../composition/token-file.ts';
import { messageOf } from '../support/error-text.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';

const ACTIONS = ['list', 'create', 'remove'] as const;

/** `clarityctl tenant <action>`: tenants of a daemon. */
export const tenant: Command = {
  syntax: 'tenant <action> [name]',
  describe: 'tenants of the daemon: list, create <name>, remove <name>',
  subject: ACTIONS.join(', '),
  flags: { force: { type: 'switch', describe: 'remove a tenant that has services, with everything of it' } },
  run: async (given, session) => {
    const action = ACTIONS.find((known) => known === given.text('action'));
    if (action === undefined) throw usageError('unknown action', `actions: ${ACTIONS.join(', ')}`);
    if (action === 'list') return list(session);
    const name = given.text('name') ?? '';
    if (name === '') throw usageError('the name is missing', `write \`clarityctl tenant ${action} <name>\``);
    return action === 'create' ? create(name, session) : remove(name, given.has('force'), session);
  },
};

async function list({ api, output }: CommandContext): Promise<number> {
  const reply = await api.call(routes.listTenants);
  if (output.json) output.value(reply);
  else if (reply.items.length === 0) output.line('no tenants besides default');
  else
    output.table(
      ['NAME', 'STATE', 'SERVICES', 'TOKENS'],
      reply.items.map(({ name, state, reason, services, tokens }) => [
        name,
        reason === undefined ? state : `${state}: ${reason}`,
        services === undefined ? '-' : String(services),
        tokens === undefined ? '-' : String(tokens),
      ]),
      (row) => (reply.items[row]?.state === 'failed' ? 'careful' : 'plain'),
    );
  return ExitCode.done;
}

async function create(name: string, { api, output }: CommandContext): Promise<number> {
  const reply = await api.call(routes.createTenant, { body: { name } });
  if (output.json) output.value(reply);
  else {
    output.line(`tenant '${reply.tenant.name}' created`, 'good');
    output.note(`create a token for it: \`clarityctl token create <name> --tenant ${reply.tenant.name}\``);
  }
  return ExitCode.done;
}

async function remove(name: string, force: boolean, { api, env, output }: CommandContext): Promise<number> {
  const reply = await api.call(routes.removeTenant, { id: name, body: force ? { force } : {} });
  // The tokens of the tenant ended with it.
  await new TokenFile(env).removeAll({ daemon: api.daemonUrl, tenant: name }).catch((error: unknown) => {
    output.note(`note: the tokens of AI clients are left: ${messageOf(error)}`);
  });
  if (output.json) output.value(reply);
  else {
    const { services, tokens = 0 } = reply.lost;
    output.line(`tenant '${reply.name}' removed with its secrets, policies and audit events`, 'good');
    output.note(`deleted: ${String(services.length)} services, ${String(tokens)} active tokens`);
  }
  return ExitCode.done;
}
