import type { Report } from '../diagnostics/report.ts';

/** A place in the source text that moves forward. */
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

  /** Where the first string begins that nothing closes. */
  get unterminated(): number | undefined {
    return this.#unterminated;
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.offset);
  }

  /** Takes what a sticky expression finds here, or nothing. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.offset;
    const found = expression.exec(this.text)?.[0];
    if (found !== undefined) this.offset += found.length;
    return found;
  }

  /** Nothing after an open quote can be read. Of strings inside strings the outermost is the one to mend. */
  leaveUnterminated(start: number): void {
    this.#unterminated = Math.min(start, this.#unterminated ?? start);
    this.offset = this.text.length;
  }
}
