import { escapeForTerminal } from './escape.ts';
import { cut } from './text-width.ts';
import type { Stream } from '../support/process-context.ts';

/** Time after which a wait is shown. */
const SHOWN_AFTER_MS = 1_000;
const REDRAW_MS = 250;
/** Time between two notes about the same wait when a program reads them. */
const REPEAT_MS = 10_000;
const DEFAULT_COLUMNS = 80;

/** One wait of a command. */
export interface Wait {
  /** The thing that is waited for: `starting github`. */
  readonly what: string;
  /** Returns the lines that the child has written since the last call, oldest first. */
  readonly newLines?: () => Promise<readonly string[]>;
  /** Prefix of the lines where they are printed in full. */
  readonly prefix?: string;
}

/**
 * Shows on stderr what a wait of more than one second waits for. A terminal has one line that is written again with the
 * time and the newest line of the child; otherwise each line of the child is printed once.
 */
export async function withProgress<T>(stderr: Stream | undefined, wait: Wait, work: Promise<T>): Promise<T> {
  if (stderr === undefined) return work;
  const shown = new ShownWait(stderr, wait);
  const timer = setInterval(() => void shown.draw(), REDRAW_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    shown.end();
  }
}

class ShownWait {
  readonly #stderr: Stream;
  readonly #wait: Wait;
  readonly #since = Date.now();
  #newest = '';
  #notedAt = 0;
  #isDrawn = false;
  #isBusy = false;
  #isOver = false;

  constructor(stderr: Stream, wait: Wait) {
    this.#stderr = stderr;
    this.#wait = wait;
  }

  async draw(): Promise<void> {
    if (Date.now() - this.#since < SHOWN_AFTER_MS || this.#isBusy) return;
    this.#isBusy = true;
    const lines = (await this.#wait.newLines?.().catch(() => [])) ?? [];
    this.#isBusy = false;
    if (this.#isOver) return;
    if (this.#stderr.isTTY === true) this.#redraw(lines.at(-1) ?? this.#newest);
    else this.#print(lines);
  }

  end(): void {
    this.#isOver = true;
    if (this.#isDrawn) this.#stderr.write('\r\u001b[K');
  }

  #redraw(newest: string): void {
    this.#isDrawn = true;
    this.#newest = newest;
    const text = `${this.#wait.what}  ${this.#seconds()} s  ${escapeForTerminal(newest)}`.trimEnd();
    // The last column stays free, so that the terminal does not start another line.
    this.#stderr.write(`\r\u001b[K${cut(text, (this.#stderr.columns ?? DEFAULT_COLUMNS) - 1)}`);
  }

  #print(lines: readonly string[]): void {
    const { what, prefix = what } = this.#wait;
    const now = Date.now();
    if (now - this.#notedAt >= REPEAT_MS) {
      this.#stderr.write(`${what} (${this.#seconds()} s)\n`);
      this.#notedAt = now;
    }
    for (const line of lines) this.#stderr.write(`${prefix} | ${escapeForTerminal(line)}\n`);
  }

  #seconds(): string {
    return String(Math.floor((Date.now() - this.#since) / 1_000));
  }
}
