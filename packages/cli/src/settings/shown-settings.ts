import type { Resolved, ResolvedSettings, Setting, SettingsTable } from './setting.ts';

export interface ShownSetting {
  /** The flag, otherwise the variable. */
  readonly name: string;
  /** The value as text; `(set)` for a secret. */
  readonly value: string;
  readonly source: string;
}

/** Returns every setting of a table with value and source. Secret values are left out. */
export const shownSettings = <Table extends SettingsTable>(
  table: Table,
  resolved: ResolvedSettings<Table>,
): readonly ShownSetting[] =>
  Object.entries(table).map(([key, setting]) => {
    const { value, source, name } = resolved[key] as Resolved<unknown>;
    return {
      name: setting.flag === undefined ? (setting.variables[0] ?? key) : `--${setting.flag}`,
      value: shown(setting, value),
      source: name ?? source,
    };
  });

function shown({ secret }: Setting<unknown>, value: unknown): string {
  if (value === undefined) return '-';
  if (secret === true) return '(set)';
  if (value instanceof URL) return value.href;
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.join(', ');
  if (typeof value === 'object' && value !== null && 'open' in value) return value.open === true ? 'on' : 'off';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '?';
}
