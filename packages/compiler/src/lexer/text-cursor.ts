import type { Report } from '../diagnostics/report.ts';

/** A position in the source text that advances. */
export class TextCursor {
  readonly report: Report;
  readonly text: string;
  offset = 0;
  #unterminated: number | undefined;

  constructor(report: Report) {
    this.report = report;
    this.text = report.source.text;
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length;
  }

  /** Start of the outermost string that is not closed. */
  get unterminated(): number | undefined {
    return this.#unterminated;
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.offset);
  }

  /** Returns the match of a sticky expression at the position and advances past it; undefined without a match. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.offset;
    const found = expression.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  /** Records a string that is not closed and skips the rest of the text. Of nested strings the outermost is reported. */
  leaveUnterminated(start: number): void {
    this.#unterminated = Math.min(start, this.#unterminated ?? start);
    this.offset = this.text.length;
  }
}
