import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Environment } from '../support/process-context.ts';

/** The properties of a desktop for `canOpenPage`. */
export interface Desktop {
  readonly env: Environment;
  readonly isTerminal: boolean;
  readonly platform?: NodeJS.Platform;
  readonly isContainer?: boolean;
}

const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/** Returns whether the user of a terminal sees a browser that this machine opens. */
export function canOpenPage({
  env,
  isTerminal,
  platform = process.platform,
  isContainer = CONTAINER_MARKS.some((path) => existsSync(path)),
}: Desktop): boolean {
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  if (!isTerminal || has('CI') || has('SSH_CONNECTION') || isContainer) return false;
  return platform === 'darwin' || platform === 'win32' || has('DISPLAY') || has('WAYLAND_DISPLAY');
}

/** Returns the command that opens a page in the browser of the user. The URL is one argument. */
export function openCommand(url: string, platform: NodeJS.Platform = process.platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['open', url];
  // Not `cmd /c start`, which runs the text after a `&` of the URL as a command.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/** Opens a page. A missing program is not an error: the URL is printed too. */
export function openPage(url: string): void {
  const [command, ...args] = openCommand(url);
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
