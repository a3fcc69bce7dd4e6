import { join } from 'node:path';
import type { ConfigScope } from '@clarity-runtime/core/ports';

/** The user and machine on which AI clients are configured. */
export interface ClientEnvironment {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the scope `project`. */
  readonly project: string;
}

/** Returns `$XDG_CONFIG_HOME`, or `~/.config` if it is not set. */
export const configHome = ({ home, env }: ClientEnvironment): string =>
  nonEmpty(env['XDG_CONFIG_HOME']) ?? join(home, '.config');

/** Returns the settings folder of desktop applications. */
export function applicationData(environment: ClientEnvironment): string {
  const { home, platform, env } = environment;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return nonEmpty(env['APPDATA']) ?? join(home, 'AppData', 'Roaming');
  return configHome(environment);
}

/** Returns undefined for an empty variable. */
export const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

/** Computes a path for a user and machine. */
export type PathOf = (environment: ClientEnvironment) => string;

/** Path of the configuration file per scope. */
export type Paths = Readonly<Partial<Record<ConfigScope, PathOf>>>;
