/** Why the text of a configuration is not edited. Nothing of the text stands in it, because it may hold secrets. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

/** `offset` counts from the start of the text. */
export function problemAt(message: string, text: string, offset: number): ConfigProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return new ConfigProblem(`line ${String(line)}, column ${String(column)}: ${message}`);
}

/** What an entry of a server is made of. */
export type ConfigValue = string | readonly string[] | Readonly<Record<string, string>>;

export type ConfigEntry = Readonly<Record<string, ConfigValue>>;

export interface EntryEdit {
  readonly set: ConfigEntry;
  readonly drop: readonly string[];
}

/**
 * The text of a configuration, as far as it concerns our one entry. Everything else in it stays as it is, byte for byte.
 * All of them throw a `ConfigProblem` for a text that they cannot read or edit.
 */
export interface ConfigText {
  /** The entry as it stands there, whoever wrote it. */
  entry(text: string): Readonly<Record<string, unknown>> | undefined;
  /** Changes the keys of our entry, and makes it where there is none. */
  put(text: string, edit: EntryEdit): string;
  /** Takes our entry out; what held it stays, even when it is empty now. */
  remove(text: string): string;
}

export interface TextStyle {
  readonly eol: string;
  readonly unit: string;
  /** There is no line break anywhere. */
  readonly isDense: boolean;
}

/** How the text is written: its line ends, its indentation. */
export function styleOf(text: string): TextStyle {
  const firstBreak = text.indexOf('\n');
  const eol = firstBreak > 0 && text[firstBreak - 1] === '\r' ? '\r\n' : '\n';
  const unit = /^([ \t]+)["\w]/m.exec(text)?.[1] ?? '  ';
  return { eol, unit: unit.startsWith('\t') ? '\t' : unit, isDense: firstBreak < 0 && text.trim() !== '' };
}

/** The blanks at the start of the line that holds the offset. */
export function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
