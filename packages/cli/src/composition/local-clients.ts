import { homedir } from 'node:os';
import { fsClientConfigs } from '@clarity-runtime/adapter-store-fs';
import type { ClientConfigs } from '@clarity-runtime/core/ports';
import type { Environment } from '../support/process-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import type { Resolved } from '../settings/setting.ts';
import { clientCommand } from './client-command.ts';

export interface LocalClientsOptions {
  readonly env: Environment;
  /** Folder of the scope `project`. */
  readonly project: string;
  readonly daemonUrl: () => URL;
  /** Where the token of the daemon is, when it asks for one. */
  readonly tokenVariable?: string;
}

/** The clients of the user that this process runs as, and how they reach the daemon. */
export function localClientConfigs({ env, project, daemonUrl, tokenVariable }: LocalClientsOptions): ClientConfigs {
  const token = tokenVariable === undefined ? {} : { tokenVariable };
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  return {
    clients: fsClientConfigs({ home, platform: process.platform, env, project }),
    entry: (transport) => {
      const url = daemonUrl();
      if (transport === 'http') return { transport, url: `${url.href.replace(/\/$/, '')}/mcp`, ...token };
      const { command, args } = clientCommand(env);
      const address = isDefault(url) ? [] : ['--daemon-url', url.href.replace(/\/$/, '')];
      return { transport, command, args: [...args, 'gateway', 'serve', '--stdio', ...address], ...token };
    },
  };
}

/** The variable that a token came from; the usual one when it came from elsewhere. */
export const variableOf = ({ source, name }: Resolved<unknown>): string =>
  source === 'environment' && name !== undefined ? name : (clientSettings.authToken.variables[0] ?? '');

const isDefault = ({ protocol, hostname, port, pathname }: URL): boolean =>
  protocol === 'http:' &&
  /^(localhost|127\.0\.0\.1)$/.test(hostname) &&
  port === clientSettings.daemonUrl.fallback.port &&
  pathname === '/';
