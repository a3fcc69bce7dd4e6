import { open, rm } from 'node:fs/promises';
import type { TokenReply } from '@clarity-runtime/api-contract';
import { defined, EXPIRY_NOTICE_MS, expiresSoon } from '@clarity-runtime/core/internal';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { ExitCode, usageError } from '../support/cli-error.ts';
import { unknownAction } from '../command-support/unknown-action.ts';
import { shownTime } from '../terminal/local-time.ts';
import { overlapOf, tokenBody, tokenFlags } from './token-request.ts';

const ACTIONS = ['list', 'create', 'rotate', 'revoke'] as const;

/** `clarityctl token <action>`: access tokens of clients and programs. */
export const token: Command = {
  syntax: 'token <action> [name]',
  describe: 'access tokens: list, create <name>, rotate <name>, revoke <name>',
  subject: 'list, create, rotate or revoke',
  flags: tokenFlags,
  run: async (given, session) => {
    const action = ACTIONS.find((known) => known === given.text('action'));
    if (action === undefined) throw unknownAction('token', given.text('action'), ACTIONS);
    if (action === 'list') return list(session);
    const name = given.text('name') ?? '';
    if (name === '') throw usageError('the name is missing', `write \`clarityctl token ${action} <name>\``);
    const { api, output } = session;
    if (action === 'revoke') {
      const { record } = await api.revokeToken(name);
      if (output.json) output.value({ record });
      else output.line(`${record.name} revoked`, 'good');
      return ExitCode.done;
    }
    const request = (): ReturnType<typeof api.createToken> =>
      action === 'create' ? api.createToken(tokenBody(name, given)) : api.rotateToken(name, overlapOf(given));
    const path = given.text('save');
    const created = path === undefined ? await request() : await saved(path, request);
    return printed(created, path, session);
  },
};

const NOTICE_DAYS = String(EXPIRY_NOTICE_MS / (24 * 60 * 60_000));

/** Returns the active tokens that end within the time of notice. */
export const endingTokens = (items: readonly TokenReply[], now = Date.now()): readonly TokenReply[] =>
  items.filter(({ state, expiresAt }) => state === 'active' && expiresSoon({ ...defined({ expiresAt }) }, now));

interface Created {
  readonly token: string;
  readonly record: TokenReply;
}

/** Writes the token of a request to a new file that only the user can read. The file exists before the request is sent. */
async function saved(path: string, request: () => Promise<Created>): Promise<Created> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw usageError(`${path} cannot be created: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    const created = await request();
    await file.writeFile(`${created.token}\n`);
    return created;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function printed({ token: text, record }: Created, path: string | undefined, { output }: CommandContext): number {
  if (output.json) output.value({ ...(path === undefined ? { token: text } : { savedTo: path }), record });
  else {
    output.line(path === undefined ? text : `token of ${record.name} written to ${path}`, 'good');
    output.note(
      `${record.name}: ${grantsLine(record)}; ${endLine(record)}${path === undefined ? '; it is not shown again' : ''}`,
    );
  }
  return ExitCode.done;
}

async function list({ api, output }: CommandContext): Promise<number> {
  const reply = await api.tokens();
  if (output.json) output.value(reply);
  else if (reply.items.length === 0) output.line('no access tokens');
  else {
    const rows = reply.items.map((record) => [
      record.name,
      record.state,
      record.id,
      grantsLine(record),
      record.doors.join(','),
      record.expiresAt === undefined ? 'never' : shownTime(record.expiresAt),
      record.lastUsedAt === undefined ? '-' : shownTime(record.lastUsedAt),
    ]);
    const ending = new Set(endingTokens(reply.items).map(({ name }) => name));
    output.table(['NAME', 'STATE', 'ID', 'GRANTS', 'DOORS', 'EXPIRES', 'LAST USED'], rows, (row) =>
      ending.has(rows[row]?.[0] ?? '') ? 'careful' : 'plain',
    );
    for (const name of ending)
      output.note(`${name} expires within ${NOTICE_DAYS} days: \`clarityctl token rotate ${name}\` renews it`);
  }
  return ExitCode.done;
}

/** Returns for example `read,call on docs/search*`. */
const grantsLine = ({ grants, profile }: TokenReply): string =>
  grants
    .map(({ verbs, services, tools }) => {
      const isAll = services.join() === '*' && tools.join() === '*';
      return isAll ? verbs.join(',') : `${verbs.join(',')} on ${services.join(',')}/${tools.join(',')}`;
    })
    .join(' + ') + (profile === undefined ? '' : ` in profile ${profile}`);

const endLine = ({ expiresAt }: TokenReply): string =>
  expiresAt === undefined ? 'it does not expire' : `it expires at ${shownTime(expiresAt)}`;
