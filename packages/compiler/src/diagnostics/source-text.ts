/** A range of the source without `end`, in UTF-16 code units from the start of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const MAX_LINE_LENGTH = 400;
const LINE_BREAK = /\r\n|\n|\r/g;

/** A source text with an index of its lines. Lines end with LF, CRLF or CR. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly #lineStarts: readonly number[];

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    const starts = [0];
    for (const found of text.matchAll(LINE_BREAK)) starts.push(found.index + found[0].length);
    this.#lineStarts = starts;
  }

  /** Converts an offset to a position by binary search. */
  position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }

  /** Returns a line, counted from 1, without its line break and truncated to 400 characters. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? this.text.length;
    const end = Math.min(this.#lineStarts[number] ?? this.text.length, start + MAX_LINE_LENGTH);
    return this.text.slice(start, end).replace(/\r?\n$|\r$/, '');
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}

/** Returns the range from the start of one span to the end of another. */
export const spanning = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });
