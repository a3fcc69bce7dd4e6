import { toYaml } from './to-yaml.ts';
import { table, type Column } from './table.ts';
import { escapeForTerminal, toTerminalJson, escapeLines } from './escape.ts';
import { formatJsonPath } from './json-path.ts';
import { isStructured, type OutputFormat } from './output-format.ts';
import type { Stream } from '../support/process-context.ts';
import { withWorkingCommands, type WorkingCommands } from '../support/working-commands.ts';

const NARROW_TERMINAL = 40;
const DEFAULT_TERMINAL = 100;
const BOLD = 1;
const RED = 31;
const GREEN = 32;
/** Yellow is hard to read on a light background. */
const MAGENTA = 35;

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** The requested format. Absent: tables on a terminal, JSON on a pipe. */
  readonly format?: OutputFormat | undefined;
  /** Absent: colors on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`. */
  readonly color?: 'always' | 'never' | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Forms of the commands in advice. Absent: the names of the programs. */
  readonly commands?: WorkingCommands | undefined;
}

export type Tone = 'plain' | 'good' | 'bad' | 'careful' | 'strong';

const tones: Readonly<Record<Exclude<Tone, 'plain'>, number>> = {
  good: GREEN,
  bad: RED,
  careful: MAGENTA,
  strong: BOLD,
};

/** Output of a command: tables and sentences for people, or values for programs. Foreign text is escaped. */
export class Output {
  readonly format: OutputFormat;
  /** Whether the reader is a program: the command prints its result with `value` and nothing else on stdout. */
  readonly json: boolean;
  /** Whether a format for programs was requested, for commands that print plain lines on a pipe. */
  readonly isJsonRequested: boolean;
  readonly #options: OutputOptions;
  readonly #color: boolean;

  constructor(options: OutputOptions) {
    const { stdout, format } = options;
    this.#options = options;
    this.isJsonRequested = format !== undefined && isStructured(format);
    this.format = format ?? { kind: stdout.isTTY === true ? 'table' : 'json' };
    this.json = isStructured(this.format);
    this.#color = hasColor(options);
  }

  /** Whether more columns are wanted: `-o wide`. */
  get isWide(): boolean {
    return this.format.kind === 'wide';
  }

  /** Whether a person sees lines that are written again and again. */
  get isTerminal(): boolean {
    return this.#options.stdout.isTTY === true;
  }

  /** Stream for the progress of waits. Undefined when a program may parse the errors on stderr. */
  get progressTo(): Stream | undefined {
    const { stderr } = this.#options;
    return this.isJsonRequested && stderr.isTTY !== true ? undefined : stderr;
  }

  /** Prints the result of a command in the requested format for programs. */
  value(value: unknown): void {
    this.#options.stdout.write(`${this.#toText(value, 2)}\n`);
  }

  /** Prints one of many results: one line of JSON, or one YAML document. */
  record(value: unknown): void {
    const text = this.#toText(value, 0);
    this.#options.stdout.write(this.format.kind === 'yaml' ? `---\n${text}\n` : `${text}\n`);
  }

  line(text: string, tone: Tone = 'plain'): void {
    this.#options.stdout.write(`${this.#paint(escapeForTerminal(text), tone)}\n`);
  }

  /** Prints a line of our own whose commands, between backticks, work where the user is. */
  advice(text: string, tone: Tone = 'plain'): void {
    this.line(this.working(text), tone);
  }

  /** Empties the screen of a terminal, for output that is printed again. */
  clear(): void {
    if (this.isTerminal) this.#options.stdout.write('\u001b[2J\u001b[H');
  }

  /** Returns our own text with commands, between backticks, that work where the user is. */
  working(text: string): string {
    return withWorkingCommands(text, this.#options.commands);
  }

  /** Prints text of several lines as it is, without control characters. */
  text(text: string): void {
    this.#options.stdout.write(`${escapeLines(text)}\n`);
  }

  /** Prints a table. `toneOf` selects the color of a row. */
  table(
    heading: readonly (string | Column)[],
    rows: readonly (readonly string[])[],
    toneOf?: (row: number) => Tone,
  ): void {
    const lines = table(
      heading,
      rows.map((row) => row.map(escapeForTerminal)),
      this.#columns(),
    );
    const first = heading.length === 0 ? 0 : 1;
    lines.forEach((row, at) => {
      const tone = at < first ? 'strong' : (toneOf?.(at - first) ?? 'plain');
      for (const line of row) this.#options.stdout.write(`${this.#paint(line, tone)}\n`);
    });
  }

  /** Prints a note on stderr. Its commands, between backticks, work where the user is. */
  note(text: string): void {
    this.#options.stderr.write(`${escapeLines(this.working(text))}\n`);
  }

  /** A terminal of unknown width reports 0 columns. Tables on a pipe are not cut unless `COLUMNS` is set. */
  #columns(): number {
    const { stdout, env } = this.#options;
    const given = /^\d{1,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : 0;
    const columns = (stdout.columns ?? 0) || given;
    if (columns > 0) return Math.max(columns, NARROW_TERMINAL);
    return stdout.isTTY === true ? DEFAULT_TERMINAL : Number.MAX_SAFE_INTEGER;
  }

  #toText(value: unknown, indentation: number): string {
    const { format } = this;
    if (format.kind === 'yaml') return toYaml(value);
    if (format.kind === 'name') return namesOf(value).map(escapeForTerminal).join('\n');
    if (format.kind === 'jsonpath') return escapeLines(formatJsonPath(format.path, value));
    return toTerminalJson(value, indentation);
  }

  #paint(text: string, tone: Tone): string {
    if (tone === 'plain' || !this.#color || text === '') return text;
    return `\u001b[${String(tones[tone])}m${text}\u001b[0m`;
  }
}

/** `FORCE_COLOR` and `--color` win over the terminal; an empty `NO_COLOR` is not set (no-color.org). */
function hasColor({ color, stdout, env }: OutputOptions): boolean {
  if (color !== undefined) return color === 'always';
  if ((env.NO_COLOR ?? '') !== '') return false;
  if ((env.FORCE_COLOR ?? '') !== '') return env.FORCE_COLOR !== '0';
  return stdout.isTTY === true && env.TERM !== 'dumb';
}

const NAMES = ['namespace', 'name', 'tool', 'uri', 'id', 'serviceId', 'ref'] as const;

/** Returns the name of a result, or the names of the members of its first list. */
function namesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => namesOf(item).slice(0, 1));
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Readonly<Record<string, unknown>>;
  const list = members['items'] ?? Object.values(members).find((member) => Array.isArray(member));
  const own = NAMES.map((name) => members[name]).find((name) => typeof name === 'string');
  if (own !== undefined) return [own];
  if (Array.isArray(list)) return namesOf(list);
  return namesOf(members['service'] ?? members['summary']);
}
