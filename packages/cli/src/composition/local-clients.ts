import { homedir } from 'node:os';
import { fsClientConfigs } from '@clarity-runtime/adapter-store-fs';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import type { ClientConfigs } from '@clarity-runtime/core/ports';
import type { Environment } from '../support/process-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import type { Resolved } from '../settings/setting.ts';
import { TOKEN_VARIABLES } from '../settings/token-source.ts';
import { clientCommand } from './client-command.ts';

export interface LocalClientsOptions {
  readonly env: Environment;
  /** Folder of scope `project`. */
  readonly project: string;
  readonly daemonUrl: () => URL;
  /** Source of the daemon's token, when it requires one. */
  readonly tokenVariable?: string;
  /** Returns the name of the token of a client, which its bridge reads from the file of the user; undefined without one. */
  readonly tokenOf?: ((client: string) => string | undefined) | undefined;
  /** Tenant whose token the bridge sends. Default: `default`. */
  readonly tenant?: string | undefined;
  /** Profile that the bridge serves. */
  readonly profile?: string | undefined;
}

/** Returns the client configurations of the current user with the entry for this daemon. */
export function localClientConfigs(options: LocalClientsOptions): ClientConfigs {
  const { env, project, daemonUrl, tokenVariable, tokenOf, tenant = DEFAULT_TENANT, profile } = options;
  const token = tokenVariable === undefined ? {} : { tokenVariable };
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  return {
    clients: fsClientConfigs({ home, platform: process.platform, env, project }),
    entry: (transport, client = '') => {
      const url = daemonUrl();
      if (transport === 'http') return { transport, url: `${url.href.replace(/\/$/, '')}/mcp`, ...token };
      const { command, args } = clientCommand(env);
      const address = isDefault(url) ? [] : ['--daemon-url', url.href.replace(/\/$/, '')];
      const name = tokenOf?.(client);
      const own = [
        ...(name === undefined ? [] : ['--as', name]),
        ...(tenant === DEFAULT_TENANT ? [] : ['--tenant', tenant]),
        ...(profile === undefined ? [] : ['--profile', profile]),
      ];
      return { transport, command, args: [...args, 'gateway', 'serve', '--stdio', ...own, ...address], ...token };
    },
  };
}

/** Returns the environment variable of the token; the default one when it came from a flag or a file. */
export const variableOf = ({ name }: Resolved<unknown>): string =>
  TOKEN_VARIABLES.find((variable) => variable === name) ?? TOKEN_VARIABLES[0];

const isDefault = ({ protocol, hostname, port, pathname }: URL): boolean =>
  protocol === 'http:' &&
  /^(localhost|127\.0\.0\.1)$/.test(hostname) &&
  port === clientSettings.daemonUrl.fallback.port &&
  pathname === '/';
