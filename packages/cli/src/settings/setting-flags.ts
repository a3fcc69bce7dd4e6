import type { Flag, Flags } from '../arguments/command-grammar.ts';
import type { Setting, SettingsTable } from './setting.ts';

/** Returns the flags of a settings table, for the help and the parser. */
export const settingFlags = (table: SettingsTable): Flags =>
  Object.fromEntries(
    Object.values(table).flatMap((setting): [string, Flag][] =>
      setting.flag === undefined ? [] : [[setting.flag, flagOf(setting)]],
    ),
  );

function flagOf({ describe, alias, fallback, fallbackText, secret }: Setting<unknown>): Flag {
  const shown = fallbackText ?? (typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : '');
  return {
    type: 'text',
    describe,
    ...(alias === undefined ? {} : { alias }),
    ...(shown === '' ? {} : { fallbackText: shown }),
    ...(secret === true ? { secret } : {}),
  };
}

/** Returns one help line for each environment variable of a table. */
export function variablesHelp(table: SettingsTable): string {
  const rows = Object.values(table).flatMap(({ variables, describe, flag }) =>
    variables.map((name, at): [string, string] => [
      name,
      at > 0 ? `alias, used when ${variables[0] ?? ''} is not set` : flag === undefined ? describe : `as --${flag}`,
    ]),
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    'Environment variables (flags override them):',
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
  ].join('\n');
}
