/** Reason why a configuration cannot be edited. Contains no text of the file, because the file may contain secrets. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

/** Returns a problem with line and column, both from 1. `offset` is in UTF-16 units from the start of the text. */
export function problemAt(message: string, text: string, offset: number): ConfigProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new ConfigProblem(`line ${String(line)}, column ${String(column)}: ${message}`);
}

/** Value of a member of a server entry. */
export type ConfigValue = string | boolean | number | readonly string[] | Readonly<Record<string, string>>;

/** Entry of a server in a configuration. */
export type ConfigEntry = Readonly<Record<string, ConfigValue>>;

/** Place of a server in a configuration. */
export interface EntryLocation {
  /** Names of the members from the root to the servers, at least one. */
  readonly container: readonly string[];
  /** Name of the server in the container. */
  readonly name: string;
}

/** Change of an entry: members to set and members to remove. */
export interface EntryEdit {
  readonly set: ConfigEntry;
  readonly drop: readonly string[];
}

/**
 * Edits the entry of one server, usually of the gateway, in the text of a configuration. All other bytes stay unchanged.
 * All methods throw ConfigProblem for a text that they cannot parse or edit safely.
 */
export interface ConfigText {
  /** Returns the entry with the name of the server, also if another program wrote it. */
  entry(text: string): Readonly<Record<string, unknown>> | undefined;
  /** Returns the text with an edited or new entry. */
  put(text: string, edit: EntryEdit): string;
  /** Returns the text without the entry. Its parent stays, even if it is empty. */
  remove(text: string): string;
}

/** Formatting of a configuration text. */
export interface TextStyle {
  /** Line break. */
  readonly eol: string;
  /** One level of indentation. */
  readonly unit: string;
  /** The text has no line break. */
  readonly isDense: boolean;
}

/** Detects the line breaks and the indentation of a text. */
export function styleOf(text: string): TextStyle {
  const firstBreak = text.indexOf('\n');
  const eol = firstBreak > 0 && text[firstBreak - 1] === '\r' ? '\r\n' : '\n';
  const unit = /^([ \t]+)["\w]/m.exec(text)?.[1] ?? '  ';
  return { eol, unit: unit.startsWith('\t') ? '\t' : unit, isDense: firstBreak < 0 && text.trim() !== '' };
}

/** Returns the indentation of the line at an offset. */
export function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** Returns a value without the member at a path, and without the members on the path that are then empty. */
export function withoutMember(value: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { [key]: inner, ...others } = value as Readonly<Record<string, unknown>>;
  const left = rest.length === 0 ? undefined : withoutMember(inner, rest);
  const isEmpty = left === undefined || left === null || Object.keys(left).length === 0;
  return isEmpty ? others : { ...others, [key]: left };
}
