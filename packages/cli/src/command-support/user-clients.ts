import { ClientSetup } from '@clarity-runtime/core/internal';
import type { ClientConfigs, GatewayEntry } from '@clarity-runtime/core/ports';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from './command-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { resolveSettings } from '../settings/setting.ts';
import { ensureClientToken, tokenNameOf, type ClientTokens, type WantedToken } from '../composition/client-tokens.ts';
import { localClientConfigs, variableOf, type LocalClientsOptions } from '../composition/local-clients.ts';
import { TokenFile } from '../composition/token-file.ts';
import { messageOf } from '../support/error-text.ts';
import { apiTokens } from './api-tokens.ts';

/**
 * Edits client configurations in this process, not through the daemon: the user, the folders and the path of
 * `clarityctl` are known here, and the daemon need not run.
 */
export const userClientConfigs = (given: ParsedArgs, session: CommandContext, own: OwnEntries = {}): ClientSetup =>
  new ClientSetup(userConfigs(given, session, own));

/** Returns the entry that starts the bridge of a client to this daemon. */
export const userGatewayEntry = (
  given: ParsedArgs,
  session: CommandContext,
  client: string,
  own: OwnEntries = {},
): GatewayEntry => userConfigs(given, session, own).entry('stdio', client);

/** The tokens that bridges of clients use, and the profile that they serve. */
export type OwnEntries = Pick<LocalClientsOptions, 'tokenOf' | 'profile'>;

/** Returns the tokens of this user at the daemon and in the tenant of a command. */
export const userTokens = ({ api, env }: Pick<CommandContext, 'api' | 'env'>): ClientTokens => ({
  issuer: apiTokens(api),
  file: new TokenFile(env),
  place: { daemon: api.daemonUrl, tenant: api.tenant },
});

/**
 * Makes sure that each client has a token of its own at the daemon. Returns their names by client, or the reason why the clients
 * have none: no daemon answers, or it gives this user no right to create one. `onCreate` receives the name of each token before it is created.
 */
export async function ownTokens(
  { api, env }: CommandContext,
  clients: readonly string[],
  { nameOf = tokenNameOf, ...wanted }: OwnTokens,
): Promise<ReadonlyMap<string, string> | string> {
  const tokens = userTokens({ api, env });
  const names = new Map(clients.map((client) => [client, nameOf(client)]));
  try {
    await tokens.issuer.list();
  } catch (error) {
    return messageOf(error);
  }
  for (const name of new Set(names.values())) await ensureClientToken(tokens, name, wanted);
  return names;
}

export interface OwnTokens extends WantedToken {
  readonly nameOf?: (client: string) => string;
}

/** Returns the client configurations of this user, and the entry for the daemon and the tenant of a command. */
export function userConfigs(given: ParsedArgs, { env, cwd, api }: CommandContext, own: OwnEntries = {}): ClientConfigs {
  const { daemonUrl, authToken, authTokenFile } = resolveSettings(clientSettings, given.texts(), env);
  const hasToken = authToken.value !== undefined || authTokenFile.value !== undefined;
  const token = hasToken ? { tokenVariable: variableOf(authToken) } : {};
  const place = { daemonUrl: () => daemonUrl.value, tenant: api.tenant };
  return localClientConfigs({ env, project: cwd, ...place, ...token, ...own });
}
