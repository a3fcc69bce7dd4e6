/** A stretch of the source, `end` excluded, in UTF-16 code units from the start of the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

const MAX_LINE_LENGTH = 400;
const LINE_BREAK = /\r\n|\n|\r/g;

/** A source text that knows its lines. Lines end with LF, CRLF or CR. */
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

  /** A line without its break, cut at 400 characters. Lines count from 1. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? this.text.length;
    const end = Math.min(this.#lineStarts[number] ?? this.text.length, start + MAX_LINE_LENGTH);
    return this.text.slice(start, end).replace(/[\r\n]+$/, '');
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }
}

/** The stretch from the start of one to the end of the other. */
export const spanning = (from: Span, to: Span): Span => ({ start: from.start, end: to.end });
