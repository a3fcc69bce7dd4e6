import { defined } from '@clarity-runtime/core/internal';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { namesFlag } from '../command-support/flags.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

export interface AuthAction {
  readonly syntax: string;
  readonly does: string;
  /** Number of words after the action. */
  readonly least: number;
  readonly most: number;
  /** Names of the flags of the action. */
  readonly flags?: readonly string[];
  run(session: CommandContext, words: readonly string[], given: ParsedArgs): Promise<number>;
}

const providers: AuthAction = {
  syntax: 'providers',
  does: 'list the credential providers',
  least: 0,
  most: 0,
  run: async ({ api, output }) => {
    const reply = await api.authProviders();
    if (output.json) output.value(reply);
    else {
      const rows = reply.providers.map(({ name, supported, healthy, detail = '' }) => [
        name,
        !supported ? 'not available' : healthy === false ? 'broken' : 'ready',
        detail,
      ]);
      output.table(['PROVIDER', 'STATE', 'DETAIL'], rows, (row) => (rows[row]?.[1] === 'ready' ? 'plain' : 'bad'));
      if (reply.fileRoot !== null) output.line(`folder of file secrets: ${reply.fileRoot}`);
    }
    return ExitCode.done;
  },
};

const validate: AuthAction = {
  syntax: 'validate <auth_ref>',
  does: 'check that a reference resolves to a credential',
  least: 1,
  most: 1,
  flags: ['for'],
  run: async ({ api, output }, [ref = ''], given) => {
    const reply = await api.validateAuth(ref, { purpose: purposeOf(given) });
    if (output.json) output.value(reply);
    else if (reply.valid) output.line(`the reference resolves; headers: ${reply.headerKeys.join(', ')}`, 'good');
    else for (const issue of reply.issues) output.line(issue, 'bad');
    return reply.valid ? ExitCode.done : ExitCode.failed;
  },
};

const listSecrets: AuthAction = {
  syntax: 'list-secrets',
  does: 'list the references of stored secrets',
  least: 0,
  most: 0,
  run: async ({ api, output }) => {
    const reply = await api.secrets();
    if (output.json) output.value(reply);
    else if (reply.count === 0)
      output.line('no secrets yet: store one with `clarityctl auth set-secret file:<name> -`');
    else {
      for (const { authRef, hosts, services } of reply.items) {
        const scope = [hosts && `hosts: ${hosts.join(', ')}`, services && `services: ${services.join(', ')}`];
        output.line([authRef, ...scope.filter((part) => part !== undefined)].join('  '));
      }
    }
    return ExitCode.done;
  },
};

const setSecret: AuthAction = {
  syntax: 'set-secret <file:name> [-] [--host <host>] [--service <service>]',
  does: 'store a secret; - reads standard input, no value asks at the terminal',
  least: 1,
  most: 2,
  flags: ['host', 'service'],
  run: async (session, [ref = '', word], given) => {
    const destinations = defined({ hosts: namesFlag(given, 'host'), services: namesFlag(given, 'service') });
    const reply = await session.api.setSecret(ref, await secretOf(session, word), destinations);
    for (const warning of reply.warnings ?? []) session.output.note(`warning: ${warning}`);
    if (session.output.json) session.output.value(reply);
    else session.output.line(`${reply.authRef} is stored`);
    return ExitCode.done;
  },
};

const deleteSecret: AuthAction = {
  syntax: 'delete-secret <file:name>',
  does: 'delete a stored secret',
  least: 1,
  most: 1,
  run: async ({ api, output }, [ref = '']) => {
    const reply = await api.deleteSecret(ref);
    if (output.json) output.value(reply);
    else output.line(reply.deleted ? `${reply.authRef} is deleted` : `${reply.authRef} did not exist`);
    return ExitCode.done;
  },
};

/** The actions of `clarityctl auth` for secrets, in the order of the help. */
export const secretActions: Readonly<Record<string, AuthAction>> = {
  providers,
  validate,
  'list-secrets': listSecrets,
  'set-secret': setSecret,
  'delete-secret': deleteSecret,
};

async function secretOf({ secretInput, output }: CommandContext, given: string | undefined): Promise<string> {
  if (given === '-') return secretInput.piped();
  if (given !== undefined) {
    output.note('warning: `ps` and the shell history show arguments; use - and pipe the secret in');
    return given;
  }
  if (secretInput.ask !== undefined) return secretInput.ask('Secret (not shown): ');
  throw usageError('the secret is missing', 'pipe the secret in: `clarityctl auth set-secret <file:name> - < file`');
}

function purposeOf(given: ParsedArgs): 'header' | 'env' {
  const text = given.text('for') ?? 'header';
  if (text === 'header' || text === 'env') return text;
  throw usageError(`--for must be header or env, not '${text}'`);
}
