const MAX_LINE_LENGTH = 4_096;
const CUT = '…';

// Controls, the marks that turn the direction of text, and the separators that some viewers take for a new line.
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const encoder = new TextEncoder();

/** What one call of a module prints, as lines that a terminal can show: bounded in length and in number. */
export class GuestLog {
  readonly #emit: (line: string) => void;
  readonly #maxLines: number;
  #begun = '';
  #lines = 0;

  constructor(emit: (line: string) => void, maxLines: number) {
    this.#emit = emit;
    this.#maxLines = maxLines;
  }

  /** Lines that were printed, those that were dropped included. */
  get lines(): number {
    return this.#lines;
  }

  /** A text and the end of its line. Each line feed in it ends a line, too. */
  print(text: string): void {
    this.write(text);
    this.#end();
  }

  /** A text whose last line goes on. */
  write(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#grow(text, start, end);
      this.#end();
      start = end + 1;
    }
    this.#grow(text, start, text.length);
  }

  flush(): void {
    if (this.#begun !== '') this.#end();
    const dropped = this.#lines - this.#maxLines;
    if (dropped > 0) this.#emit(`(${String(dropped)} more lines)`);
    this.reset();
  }

  reset(): void {
    this.#begun = '';
    this.#lines = 0;
  }

  #grow(text: string, start: number, end: number): void {
    // One character more than a line can show, so that the cut can be seen.
    const room = MAX_LINE_LENGTH + 1 - this.#begun.length;
    if (room > 0) this.#begun += text.slice(start, Math.min(end, start + room));
  }

  #end(): void {
    const line = this.#begun;
    this.#begun = '';
    this.#lines += 1;
    if (this.#lines <= this.#maxLines) this.#emit(shown(line));
  }
}

function shown(line: string): string {
  const visible = line.replace(/\r$/, '').replace(UNSEEN, escaped);
  const bytes = new Uint8Array(MAX_LINE_LENGTH - encoder.encode(CUT).length);
  if (encoder.encode(visible).length <= MAX_LINE_LENGTH) return visible;
  return visible.slice(0, encoder.encodeInto(visible, bytes).read) + CUT;
}

const escaped = (character: string): string =>
  character === '\t' ? '\t' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
