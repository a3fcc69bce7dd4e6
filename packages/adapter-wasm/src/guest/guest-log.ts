import { escapeHiddenCharacters } from '@clarity-runtime/core/text';

const MAX_LINE_LENGTH = 4_096;
const CUT = '…';

const encoder = new TextEncoder();

/** The output of one call of a module as lines for a terminal, with a maximum length and number. */
export class GuestLog {
  readonly #emit: (line: string) => void;
  readonly #maxLines: number;
  #started = '';
  #lines = 0;

  constructor(emit: (line: string) => void, maxLines: number) {
    this.#emit = emit;
    this.#maxLines = maxLines;
  }

  /** The number of printed lines, dropped lines included. */
  get lines(): number {
    return this.#lines;
  }

  /** Prints a text and ends its line. Each line feed in the text also ends a line. */
  print(text: string): void {
    this.write(text);
    this.#end();
  }

  /** Prints a text without ending its last line. */
  write(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#append(text, start, end);
      this.#end();
      start = end + 1;
    }
    this.#append(text, start, text.length);
  }

  /** Ends a started line, reports the number of dropped lines and resets the log. */
  flush(): void {
    if (this.#started !== '') this.#end();
    const dropped = this.#lines - this.#maxLines;
    if (dropped > 0) this.#emit(`(${String(dropped)} more lines)`);
    this.reset();
  }

  reset(): void {
    this.#started = '';
    this.#lines = 0;
  }

  #append(text: string, start: number, end: number): void {
    // One character more than the maximum marks the line as cut.
    const space = MAX_LINE_LENGTH + 1 - this.#started.length;
    if (space > 0) this.#started += text.slice(start, Math.min(end, start + space));
  }

  #end(): void {
    const line = this.#started;
    this.#started = '';
    this.#lines += 1;
    if (this.#lines <= this.#maxLines) this.#emit(displayLine(line));
  }
}

/** Returns the line with hidden characters escaped, cut to 4,096 bytes of UTF-8. Tabs stay. */
function displayLine(line: string): string {
  const visible = escapeHiddenCharacters(line.replace(/\r$/, ''), '\t');
  const bytes = new Uint8Array(MAX_LINE_LENGTH - encoder.encode(CUT).length);
  if (encoder.encode(visible).length <= MAX_LINE_LENGTH) return visible;
  return visible.slice(0, encoder.encodeInto(visible, bytes).read) + CUT;
}
