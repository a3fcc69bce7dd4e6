import { table } from './table.ts';
import { escapeForTerminal, toTerminalJson, escapeLines } from './escape.ts';
import type { Stream } from '../support/process-context.ts';

const NARROW_TERMINAL = 40;
const DEFAULT_TERMINAL = 100;
const BOLD = 1;
const RED = 31;
const GREEN = 32;
/** Yellow cannot be read on light ground. */
const MAGENTA = 35;

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** JSON even on a terminal. */
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

/** Where a command speaks: tables and sentences to a person, JSON to a program. Foreign text never acts on a terminal. */
export class Output {
  /** The reader is a program. */
  readonly json: boolean;
  /** JSON was asked for by name, for what reads well as plain lines on a pipe too. */
  readonly asked: boolean;
  readonly #options: OutputOptions;
  readonly #color: boolean;

  constructor(options: OutputOptions) {
    const { stdout, env } = options;
    this.#options = options;
    this.asked = options.json;
    this.json = options.json || stdout.isTTY !== true;
    this.#color = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  }

  /** The one answer of a command to a program. */
  value(value: unknown): void {
    this.#options.stdout.write(`${toTerminalJson(value)}\n`);
  }

  /** One of many answers to a program, in one line. */
  record(value: unknown): void {
    this.#options.stdout.write(`${toTerminalJson(value, 0)}\n`);
  }

  line(text: string, tone: Tone = 'plain'): void {
    this.#options.stdout.write(`${this.#paint(escapeForTerminal(text), tone)}\n`);
  }

  /** `toneOf` colours a whole row. */
  table(heading: readonly string[], rows: readonly (readonly string[])[], toneOf?: (row: number) => Tone): void {
    const { columns: told = 0 } = this.#options.stdout;
    // A terminal that does not know its width says 0.
    const columns = told === 0 ? DEFAULT_TERMINAL : Math.max(told, NARROW_TERMINAL);
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

  /** To the person, never to the program that reads stdout. */
  note(text: string): void {
    this.#options.stderr.write(`${escapeLines(text)}\n`);
  }

  #paint(text: string, tone: Tone): string {
    if (tone === 'plain' || !this.#color) return text;
    return `\u001b[${String(tones[tone])}m${text}\u001b[0m`;
  }
}
