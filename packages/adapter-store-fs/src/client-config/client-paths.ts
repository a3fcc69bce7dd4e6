import { join } from 'node:path';
import type { ConfigScope } from '@clarity-runtime/core/ports';

/** Whose clients these are, and on what machine. */
export interface ClientPlace {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of the scope `project`. */
  readonly project: string;
}

/** `~/.config`, or where the user moved it. */
export const configHome = ({ home, env }: ClientPlace): string =>
  given(env['XDG_CONFIG_HOME']) ?? join(home, '.config');

/** Where programs with windows keep their settings. */
export function applicationData(place: ClientPlace): string {
  const { home, platform, env } = place;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return given(env['APPDATA']) ?? join(home, 'AppData', 'Roaming');
  return configHome(place);
}

export const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);

export type PathOf = (place: ClientPlace) => string;

export type Paths = Readonly<Partial<Record<ConfigScope, PathOf>>>;
