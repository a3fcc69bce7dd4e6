import type { z } from 'zod';
import { ExitCode, CliError } from '../support/cli-error.ts';

/** One setting: the flag, otherwise the first variable that is not empty, otherwise the default. */
export interface Setting<T> {
  /** Name without dashes. */
  readonly flag?: string;
  readonly alias?: string;
  readonly variables: readonly string[];
  /** Parses the text of a flag or variable. */
  readonly schema: z.ZodType<T, string>;
  readonly fallback: T;
  /** Describes a valid value; the error says "must be" before it. */
  readonly expects: string;
  readonly describe: string;
  /** The default as the help prints it, unless that is the value itself. */
  readonly fallbackText?: string;
  /** The value is never printed. */
  readonly secret?: true;
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

export interface Resolved<T> {
  readonly value: T;
  readonly source: 'flag' | 'environment' | 'default';
  /** `--port` or `CLARITYD_PORT`; absent for a default. */
  readonly name?: string;
}

export type ResolvedSettings<Table extends SettingsTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? Resolved<T> : never;
};

type Texts = Readonly<Record<string, string | undefined>>;

interface Given {
  readonly text: string;
  readonly source: 'flag' | 'environment';
  readonly name: string;
}

function given(setting: Setting<unknown>, flags: Texts, env: Texts): Given | undefined {
  const flag = setting.flag === undefined ? undefined : flags[setting.flag];
  if (flag !== undefined) return { text: flag.trim(), source: 'flag', name: `--${setting.flag ?? ''}` };
  for (const name of setting.variables) {
    const text = env[name]?.trim() ?? '';
    if (text !== '') return { text, source: 'environment', name };
  }
  return undefined;
}

const refusal = ({ expects, secret }: Setting<unknown>, { name, text }: Given): string =>
  `${name} must be ${expects}${secret === true ? '' : `, not '${text}'`}`;

/** Resolves all settings of a table. Throws one `CliError` with exit code 2 that names every invalid value. */
export function resolveSettings<Table extends SettingsTable>(
  table: Table,
  flags: Texts,
  env: Texts,
): ResolvedSettings<Table> {
  const refusals: string[] = [];
  const resolved = Object.entries(table).map(([key, setting]): [string, Resolved<unknown>] => {
    const found = given(setting, flags, env);
    if (found === undefined) return [key, { value: setting.fallback, source: 'default' }];
    const read = setting.schema.safeParse(found.text);
    if (!read.success) refusals.push(refusal(setting, found));
    return [key, { value: read.data, source: found.source, name: found.name }];
  });
  if (refusals.length > 0) throw new CliError(refusals.join('; '), { exitCode: ExitCode.usage });
  return Object.fromEntries(resolved) as ResolvedSettings<Table>;
}
