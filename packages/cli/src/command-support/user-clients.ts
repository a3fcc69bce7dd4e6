import { ClientSetup } from '@clarity-runtime/core/internal';
import type { ClientConfigs, GatewayEntry } from '@clarity-runtime/core/ports';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from './command-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { resolveSettings } from '../settings/setting.ts';
import { ensureClientToken, tokenNameOf, type ClientTokenRights } from '../composition/client-tokens.ts';
import { localClientConfigs, variableOf, type LocalClientsOptions } from '../composition/local-clients.ts';
import { TokenFile } from '../composition/token-file.ts';
import { messageOf } from '../support/error-text.ts';
import { apiTokens } from './api-tokens.ts';

/**
 * Edits client configurations in this process, not through the daemon: the user, the folders and the path of
 * `clarityctl` are known here, and the daemon need not run.
 */
export const userClientConfigs = (given: ParsedArgs, session: CommandContext, own: OwnEntries = {}): ClientSetup =>
  new ClientSetup(configsOf(given, session, own));

/** Returns the entry that starts the bridge of a client to this daemon. */
export const userGatewayEntry = (
  given: ParsedArgs,
  session: CommandContext,
  client: string,
  own: OwnEntries = {},
): GatewayEntry => configsOf(given, session, own).entry('stdio', client);

/** The tokens that bridges of clients use, and the profile that they serve. */
export type OwnEntries = Pick<LocalClientsOptions, 'tokenOf' | 'profile'>;

/**
 * Makes sure that each client has a token of its own at the daemon. Returns their names by client, or the reason why the clients
 * have none: no daemon answers, or it gives this user no right to create one.
 */
export async function ownTokens(
  { api, env }: CommandContext,
  clients: readonly string[],
  { rights, nameOf = tokenNameOf, keeps = false }: OwnTokens,
): Promise<ReadonlyMap<string, string> | string> {
  const tokens = { issuer: apiTokens(api), file: new TokenFile(env), daemon: api.daemonUrl };
  const names = new Map(clients.map((client) => [client, nameOf(client)]));
  try {
    await tokens.issuer.list();
  } catch (error) {
    return messageOf(error);
  }
  for (const name of new Set(names.values())) await ensureClientToken(tokens, name, rights, keeps);
  return names;
}

export interface OwnTokens {
  readonly rights: ClientTokenRights;
  readonly nameOf?: (client: string) => string;
  /** A token of the name keeps the rights that it has. */
  readonly keeps?: boolean;
}

function configsOf(given: ParsedArgs, { env, cwd }: CommandContext, own: OwnEntries): ClientConfigs {
  const { daemonUrl, authToken, authTokenFile } = resolveSettings(clientSettings, given.texts(), env);
  const hasToken = authToken.value !== undefined || authTokenFile.value !== undefined;
  const token = hasToken ? { tokenVariable: variableOf(authToken) } : {};
  return localClientConfigs({ env, project: cwd, daemonUrl: () => daemonUrl.value, ...token, ...own });
}
