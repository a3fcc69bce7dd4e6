import { findCommand } from './find-command.ts';
import { startGuarded } from './guarded-child.ts';
import type { ProcessSystem } from './process-system.ts';
import { WindowsSystem } from './windows-system.ts';

/** Processes of Linux and macOS: a process group, and a shell as its guard. */
const posixSystem: ProcessSystem = {
  environment: (variables) => variables,
  variable: (variables, name) => variables[name],
  find: (command, cwd, variables) => findCommand({ command, cwd, path: variables['PATH'] ?? '' }),
  start: startGuarded,
};

/** Returns the processes of an operating system. */
export const processSystem = (platform: string = process.platform): ProcessSystem =>
  platform === 'win32' ? new WindowsSystem() : posixSystem;
