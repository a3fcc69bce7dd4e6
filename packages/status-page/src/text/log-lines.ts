/** Lines that the page keeps of one service. */
export const MAX_LINES = 2_000;
/** Characters of a line that are shown at first. */
export const MAX_LINE_CHARS = 16_000;

export type LogLevel = 'info' | 'warn' | 'bad';

/** One line of a log, or a marker of a start. */
export interface LogEntry {
  readonly key: number;
  readonly text: string;
  readonly level: LogLevel | 'mark';
}

const BAD = /\b(?:error|fatal|panic|critical|exception|traceback|uncaught|unhandled)\b/i;
const WARN = /\b(?:warn|warning|deprecated|deprecationwarning)\b/i;
/** Characters in which a level is looked for: levels come first. */
const HEAD = 400;

/** Returns the level that the words of a line suggest. */
export function toLevel(line: string): LogLevel {
  const head = line.slice(0, HEAD);
  if (BAD.test(head)) return 'bad';
  return WARN.test(head) ? 'warn' : 'info';
}

/** The last lines of a log: at most `MAX_LINES`, each with a key that never repeats. */
export class LogTail {
  #entries: readonly LogEntry[] = [];
  #next = 0;

  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(lines: readonly string[]): void {
    this.#push(lines.slice(-MAX_LINES).map((text) => ({ key: this.#key(), text, level: toLevel(text) })));
  }

  /** Replaces the lines of the daemon; markers of starts go with them. */
  replace(lines: readonly string[]): void {
    this.#entries = [];
    this.add(lines);
  }

  mark(text: string): void {
    this.#push([{ key: this.#key(), text, level: 'mark' }]);
  }

  #key(): number {
    this.#next += 1;
    return this.#next;
  }

  #push(entries: readonly LogEntry[]): void {
    this.#entries = [...this.#entries, ...entries].slice(-MAX_LINES);
  }
}
