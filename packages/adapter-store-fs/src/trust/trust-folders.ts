import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Variables that select the folders of the user. */
export type TrustEnvironment = Readonly<Record<string, string | undefined>>;

/** Folders outside of every workspace. */
export interface TrustFolders {
  /** Contains `user.key`. */
  readonly key: string;
  /** Contains `<workspaceId>.json` for each workspace. */
  readonly state: string;
}

/** Options of `trustFolders`. */
export interface TrustFoldersOptions {
  readonly environment: TrustEnvironment;
  /** Folder that replaces both, for example `--trust-store`. */
  readonly trustStore?: string | undefined;
  readonly platform?: NodeJS.Platform;
}

const NAME = 'clarity';

/**
 * Returns the folders of the user key and of the workspace records: `$XDG_CONFIG_HOME/clarity` and
 * `$XDG_STATE_HOME/clarity` (XDG Base Directory Specification 0.8), on Windows `%APPDATA%\clarity`. A relative path in
 * a variable is ignored, as that specification requires.
 */
export function trustFolders(options: TrustFoldersOptions): TrustFolders {
  const { environment, trustStore, platform = process.platform } = options;
  if (trustStore !== undefined) return { key: trustStore, state: join(trustStore, 'state') };
  const absolute = (name: string): string | undefined => {
    const path = environment[name];
    return path !== undefined && isAbsolute(path) ? path : undefined;
  };
  const home = absolute('HOME') ?? absolute('USERPROFILE') ?? homedir();
  if (platform === 'win32') {
    const folder = join(absolute('APPDATA') ?? join(home, 'AppData', 'Roaming'), NAME);
    return { key: folder, state: join(folder, 'state') };
  }
  return {
    key: join(absolute('XDG_CONFIG_HOME') ?? join(home, '.config'), NAME),
    state: join(absolute('XDG_STATE_HOME') ?? join(home, '.local', 'state'), NAME),
  };
}
