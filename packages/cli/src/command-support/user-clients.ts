import { ClientSetup } from '@clarity-runtime/core/internal';
import type { ClientConfigs, GatewayEntry } from '@clarity-runtime/core/ports';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from './command-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { resolveSettings } from '../settings/setting.ts';
import { localClientConfigs, variableOf } from '../composition/local-clients.ts';

/**
 * Edits client configurations in this process, not through the daemon: the user, the folders and the path of
 * `clarityctl` are known here, and the daemon need not run.
 */
export const userClientConfigs = (given: ParsedArgs, session: CommandContext): ClientSetup =>
  new ClientSetup(configsOf(given, session));

/** Returns the entry that starts the bridge to this daemon. */
export const userGatewayEntry = (given: ParsedArgs, session: CommandContext): GatewayEntry =>
  configsOf(given, session).entry('stdio');

function configsOf(given: ParsedArgs, { env, cwd }: CommandContext): ClientConfigs {
  const { daemonUrl, authToken, authTokenFile } = resolveSettings(clientSettings, given.texts(), env);
  const hasToken = authToken.value !== undefined || authTokenFile.value !== undefined;
  const token = hasToken ? { tokenVariable: variableOf(authToken) } : {};
  return localClientConfigs({ env, project: cwd, daemonUrl: () => daemonUrl.value, ...token });
}
