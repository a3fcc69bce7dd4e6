import type { z } from 'zod';
import { ExitCode, CliError } from '../support/cli-error.ts';

/** One thing that can be set: by a flag, else by the first variable that is not empty, else by its default. */
export interface Setting<T> {
  /** Without its dashes. */
  readonly flag?: string;
  readonly alias?: string;
  readonly variables: readonly string[];
  /** From the text that was given to the value. */
  readonly schema: z.ZodType<T, string>;
  readonly fallback: T;
  /** What a good value is, after "must be". */
  readonly expects: string;
  readonly describe: string;
  /** How the default reads in the help, where it does not read as itself. */
  readonly fallbackText?: string;
  /** Its value is never shown. */
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

/** Flag over environment over default. Every bad value is named, in one `Problem` of usage. */
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
