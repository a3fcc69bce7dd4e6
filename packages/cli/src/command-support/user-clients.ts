import { ClientSetup } from '@clarity-runtime/core/internal';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from './command-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { resolveSettings } from '../settings/setting.ts';
import { localClientConfigs, variableOf } from '../composition/local-clients.ts';

/**
 * Edits client configurations in this process, not through the daemon: the user, the folders and the path of
 * `clarityctl` are known here, and the daemon need not run.
 */
export function userClientConfigs(given: ParsedArgs, { env, cwd }: CommandContext): ClientSetup {
  const { daemonUrl, authToken, authTokenFile } = resolveSettings(clientSettings, given.texts(), env);
  const hasToken = authToken.value !== undefined || authTokenFile.value !== undefined;
  const token = hasToken ? { tokenVariable: variableOf(authToken) } : {};
  return new ClientSetup(localClientConfigs({ env, project: cwd, daemonUrl: () => daemonUrl.value, ...token }));
}
