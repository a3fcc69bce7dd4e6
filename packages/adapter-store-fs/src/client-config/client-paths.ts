import { join } from 'node:path';

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

/** Returns a path below a folder. */
export const from =
  (root: PathOf, ...parts: string[]): PathOf =>
  (environment) =>
    join(root(environment), ...parts);
export const inProject = (...parts: string[]): PathOf => from(({ project }) => project, ...parts);
export const inHome = (...parts: string[]): PathOf => from(({ home }) => home, ...parts);
export const inData = (...parts: string[]): PathOf => from(applicationData, ...parts);
export const inConfig = (...parts: string[]): PathOf => from(configHome, ...parts);

/** Returns a folder of the user that a variable moves. */
export const moved =
  (variable: string, ...parts: string[]): PathOf =>
  ({ home, env }) =>
    nonEmpty(env[variable]) ?? join(home, ...parts);

/** Returns one path on Windows and another elsewhere. */
export const onWindows =
  (windows: PathOf, others: PathOf): PathOf =>
  (environment) =>
    (environment.platform === 'win32' ? windows : others)(environment);

/** Returns `%LOCALAPPDATA%` of Windows. */
export const localData: PathOf = ({ home, env }) => nonEmpty(env['LOCALAPPDATA']) ?? join(home, 'AppData', 'Local');
