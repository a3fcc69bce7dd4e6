import { table } from './table.ts';
import { escapeForTerminal, toTerminalJson, escapeLines } from './escape.ts';
import type { Stream } from '../support/process-context.ts';

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
  /** Print JSON even on a terminal. */
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Tone = 'plain' | 'good' | 'bad' | 'careful' | 'strong';

const tones: Readonly<Record<Exclude<Tone, 'plain'>, number>> = {
  good: GREEN,
  bad: RED,
  careful: MAGENTA,
  strong: BOLD,
};

/** Output of a command: tables and sentences on a terminal, JSON on a pipe. Foreign text is escaped. */
export class Output {
  /** Whether the reader is a program. */
  readonly json: boolean;
  /** Whether JSON was requested by flag, for commands that print plain lines on a pipe. */
  readonly isJsonRequested: boolean;
  readonly #options: OutputOptions;
  readonly #color: boolean;

  constructor(options: OutputOptions) {
    const { stdout, env } = options;
    this.#options = options;
    this.isJsonRequested = options.json;
    this.json = options.json || stdout.isTTY !== true;
    this.#color = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  }

  /** Prints the JSON result of a command. */
  value(value: unknown): void {
    this.#options.stdout.write(`${toTerminalJson(value)}\n`);
  }

  /** Prints one of many JSON results, on one line. */
  record(value: unknown): void {
    this.#options.stdout.write(`${toTerminalJson(value, 0)}\n`);
  }

  line(text: string, tone: Tone = 'plain'): void {
    this.#options.stdout.write(`${this.#paint(escapeForTerminal(text), tone)}\n`);
  }

  /** Prints a table. `toneOf` selects the color of a row. */
  table(heading: readonly string[], rows: readonly (readonly string[])[], toneOf?: (row: number) => Tone): void {
    const { columns: reported = 0 } = this.#options.stdout;
    // A terminal of unknown width reports 0 columns.
    const columns = reported === 0 ? DEFAULT_TERMINAL : Math.max(reported, NARROW_TERMINAL);
    const lines = table(
      heading,
      rows.map((row) => row.map(escapeForTerminal)),
      columns,
    );
    const first = heading.length === 0 ? 0 : 1;
    lines.forEach((row, at) => {
      const tone = at < first ? 'strong' : (toneOf?.(at - first) ?? 'plain');
      for (const line of row) this.#options.stdout.write(`${this.#paint(line, tone)}\n`);
    });
  }

  /** Prints a note on stderr. */
  note(text: string): void {
    this.#options.stderr.write(`${escapeLines(text)}\n`);
  }

  #paint(text: string, tone: Tone): string {
    if (tone === 'plain' || !this.#color) return text;
    return `\u001b[${String(tones[tone])}m${text}\u001b[0m`;
  }
}
