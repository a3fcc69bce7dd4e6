import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '@clarity-runtime/adapter-toolchain';
import { programPath, PROGRAMS, type ProgramName } from './program-paths.ts';
import { hasProgram, isOnPath } from './program-search.ts';

/** How the user starts each program in the current shell and folder. */
export type WorkingCommands = Readonly<Record<ProgramName, string>>;

/** The place in which a command must work. */
export interface CommandPlace {
  readonly env: Environment;
  readonly cwd: string;
  /** Absolute path of a program of this installation. */
  readonly pathOf?: (name: ProgramName) => string;
  /** Path of the running Node. */
  readonly node?: string;
}

/**
 * Returns the shortest form of each program that works where the user is: the name if it is on the PATH, `npx <name>`
 * if the project of the folder has it, `npx clarity-runtime` from a cache of npx, otherwise the absolute path.
 */
export function findWorkingCommands(place: CommandPlace): WorkingCommands {
  const found = new Map<ProgramName, string>();
  let local: string | undefined;
  // Most runs print no hint: a form is looked up in the file system when it is read.
  const form = (name: ProgramName): string => {
    const known = found.get(name) ?? formOf(name, place, (local ??= localPrograms(place.cwd)));
    found.set(name, known);
    return known;
  };
  const forms = PROGRAMS.map((name) => [name, { enumerable: true, get: () => form(name) }] as const);
  return Object.defineProperties({}, Object.fromEntries(forms)) as WorkingCommands;
}

function formOf(
  name: ProgramName,
  { env, pathOf = programPath, node = process.execPath }: CommandPlace,
  local: string,
): string {
  if (isOnPath(name, env)) return name;
  if (hasProgram(local, name)) return `npx ${name}`;
  const path = pathOf(name);
  if (/[\\/]_npx[\\/]/.test(path)) return throughNpx(name);
  const linked = linkedProgram(dirname(path), name);
  if (linked !== undefined) return quoted(linked);
  return process.platform === 'win32' ? `${quoted(node)} ${quoted(path)}` : quoted(path);
}

/** `npx clarity-runtime` runs commands of `clarityctl` too. */
const throughNpx = (name: ProgramName): string =>
  name === 'clarityctl' || name === 'clarity-runtime' ? 'npx clarity-runtime' : `npx -p clarity-runtime ${name}`;

/** Returns the folder in which npx looks for programs: that of the nearest project. */
function localPrograms(cwd: string): string {
  let folder = cwd;
  while (!existsSync(join(folder, 'package.json')) && !existsSync(join(folder, 'node_modules'))) {
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  return join(folder, 'node_modules', '.bin');
}

/** Returns the program that npm has linked for the installation that contains a folder. */
function linkedProgram(folder: string, name: ProgramName): string | undefined {
  for (let above = folder; above !== dirname(above); above = dirname(above)) {
    const bin = join(above, 'node_modules', '.bin');
    if (hasProgram(bin, name)) return join(bin, name);
  }
  return undefined;
}

const quoted = (path: string): string => (/^[\w@%+=:,./\\-]+$/.test(path) ? path : JSON.stringify(path));

const IN_TEXT = /(`|\bfix: )(?:npx )?(clarity-runtime|clarityctl|clarityd|clarityc)(?=[ `\n]|$)/g;

/** Returns a hint whose commands (between backticks, or after `fix: `) work where the user is. */
export const withWorkingCommands = (text: string, commands: WorkingCommands | undefined): string =>
  commands === undefined
    ? text
    : text.replace(IN_TEXT, (_, before: string, name: ProgramName) => `${before}${commands[name]}`);
