import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import {
  ConfigProblem,
  problemAt,
  styleOf,
  type ConfigText,
  type EntryEdit,
  type EntryLocation,
} from './config-text.ts';
import { splice } from './json-edit.ts';
import { tomlStatements, type TomlStatement } from './toml-statements.ts';

/** A container of TOML clients is one table. */
interface TomlLocation {
  readonly container: string;
  readonly name: string;
}

type Table = Readonly<Record<string, unknown>>;

/** Returns the editor of a configuration in TOML. Rejects an entry that is not written as a separate table. */
export function tomlConfig({ container: [container = ''], name }: EntryLocation): ConfigText {
  const location = { container, name };
  const entry = (text: string): Table | undefined => entryOf(tablesOf(text), location, text);
  return {
    entry,
    put: (text, edit) =>
      checked(text, entry(text) === undefined ? append(text, edit, location) : change(text, edit, location), location),
    remove: (text) => (entry(text) === undefined ? text : checked(text, cut(text, location), location)),
  };
}

function tablesOf(text: string): Table {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigProblem('the file is nested too deeply');
    if (!(error instanceof TomlError)) throw error;
    throw new ConfigProblem(`line ${String(error.line)}, column ${String(error.column)}: not valid TOML`);
  }
}

function entryOf(all: Table, { container, name }: TomlLocation, text: string): Table | undefined {
  const servers = Object.hasOwn(all, container) ? all[container] : undefined;
  if (servers === undefined) return undefined;
  if (!isTable(servers)) throw problemAt(`'${container}' is not a table`, text, whereIs(text, [container]));
  const entry = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (entry === undefined || isTable(entry)) return entry;
  throw problemAt(`'${name}' is not a table`, text, whereIs(text, [container, name]));
}

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function append(text: string, { set }: EntryEdit, { container, name }: TomlLocation): string {
  const { eol } = styleOf(text);
  const gap = text === '' || text.endsWith(eol + eol) ? '' : text.endsWith('\n') ? eol : eol + eol;
  const lines = [
    `[${container}.${tomlKey(name)}]`,
    ...Object.entries(set).map(([key, value]) => assignment(key, value)),
  ];
  return text + gap + lines.map((line) => line + eol).join('');
}

function change(text: string, { set, drop }: EntryEdit, location: TomlLocation): string {
  let edited = text;
  for (const key of drop) {
    const there = keyStatement(edited, key, location);
    if (there !== undefined) edited = splice(edited, there.start, there.lineEnd, '');
  }
  const now = entryOf(tablesOf(edited), location, edited) ?? {};
  for (const [key, value] of Object.entries(set)) {
    if (isDeepStrictEqual(now[key], value)) continue;
    const there = keyStatement(edited, key, location);
    if (there !== undefined) edited = splice(edited, there.valueStart, there.end, valueText(value));
    else edited = addLine(edited, assignment(key, value), location);
  }
  return edited;
}

/** Inserts a line after the last key of our table, or after its header. */
function addLine(text: string, line: string, location: TomlLocation): string {
  const { eol } = styleOf(text);
  const own = ownStatements(text, location).filter(({ table }) => table.length === 2);
  const at = own.at(-1)?.lineEnd ?? text.length;
  return splice(text, at, at, `${text.slice(0, at).endsWith('\n') ? '' : eol}${line}${eol}`);
}

const keyStatement = (text: string, key: string, location: TomlLocation): TomlStatement | undefined =>
  ownStatements(text, location).find(
    ({ kind, path, table }) => kind === 'key' && table.length === 2 && path.length === 1 && path[0] === key,
  );

/** Returns the header and keys of our table and its subtables. */
function ownStatements(text: string, { container, name }: TomlLocation): readonly TomlStatement[] {
  const own = tomlStatements(text).filter(({ table }) => table[0] === container && table[1] === name);
  if (own.some(({ kind, table }) => kind === 'table' && table.length === 2)) return own;
  throw problemAt(`'${name}' is not written as [${container}.${name}]`, text, whereIs(text, [container, name]));
}

function cut(text: string, location: TomlLocation): string {
  const own = ownStatements(text, location);
  const ends = [0, ...own.map(({ lineEnd }) => lineEnd)];
  const starts = [...own.map(({ start }) => start), text.length];
  const rest = ends.map((end, i) => text.slice(end, starts[i])).join('');
  const first = own[0]?.start ?? 0;
  const { eol } = styleOf(text);
  // The empty line before the table was added with it.
  const isLast = rest.length === first;
  return isLast && rest.endsWith(eol + eol) ? rest.slice(0, -eol.length) : rest;
}

function whereIs(text: string, path: readonly string[]): number {
  const starts = (whole: readonly string[]): boolean => path.every((part, at) => whole[at] === part);
  const statements = tomlStatements(text);
  const whole = ({ kind, table, path: own }: TomlStatement): readonly string[] =>
    kind === 'key' ? [...table, ...own] : table;
  const found = statements.find((one) => starts(whole(one))) ?? statements.find((one) => whole(one)[0] === path[0]);
  return found?.start ?? 0;
}

function checked(before: string, after: string, location: TomlLocation): string {
  const [was, is] = [tablesOf(before), readBack(after)];
  if (isDeepStrictEqual(othersOf(was, location), othersOf(is, location))) return after;
  throw new ConfigProblem('the file cannot be edited without changing other entries');
}

function readBack(text: string): Table {
  try {
    return tablesOf(text);
  } catch {
    throw new ConfigProblem('the servers are written in a form that allows no further table');
  }
}

function othersOf(all: Table, { container, name }: TomlLocation): unknown {
  const { [container]: servers = {}, ...others } = all;
  return { others, theirs: { ...(servers as Table), [name]: undefined } };
}

const tomlKey = (name: string): string => (/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name));

const assignment = (key: string, value: unknown): string => `${tomlKey(key)} = ${valueText(value)}`;

function valueText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).replaceAll('\u007f', '\\u007F');
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)} = ${valueText(inner)}`);
  return `{ ${pairs.join(', ')} }`;
}
