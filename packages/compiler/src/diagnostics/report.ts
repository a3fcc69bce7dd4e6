import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import type { SourceText, Span } from './source-text.ts';

const MAX_ERRORS = 50;
const MAX_WARNINGS = 50;

export interface Finding {
  readonly code: DiagnosticCode;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Thrown by `Report` when there are so many errors that more would not help; `compile` ends with what there is. */
export class TooManyErrors extends Error {
  override readonly name = 'TooManyErrors';
}

/** Collects what is found in one source text. */
export class Report {
  readonly source: SourceText;
  readonly #errors: Diagnostic[] = [];
  readonly #warnings: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  readonly #starts: number[] = [];

  constructor(source: SourceText) {
    this.source = source;
  }

  get failed(): boolean {
    return this.#errors.length > 0;
  }

  get errorCount(): number {
    return this.#errors.length;
  }

  /** Errors and warnings in the order of the text. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#errors, ...this.#warnings].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Was an error reported that begins in this range of the text? */
  saidWithin({ start, end }: Span): boolean {
    return this.#starts.some((place) => start <= place && place < end);
  }

  /** The same code at the same place is said once. */
  error(finding: Finding): void {
    const place = `${finding.code}@${finding.span.start.toString()}`;
    if (this.#seen.has(place)) return;
    this.#seen.add(place);
    this.#starts.push(finding.span.start);
    this.#errors.push(this.#located('error', finding));
    if (this.#errors.length >= MAX_ERRORS) throw new TooManyErrors();
  }

  warning(finding: Finding): void {
    if (this.#warnings.length < MAX_WARNINGS) this.#warnings.push(this.#located('warning', finding));
  }

  #located(severity: 'error' | 'warning', { code, span, message, hint }: Finding): Diagnostic {
    const { line, column } = this.source.position(span.start);
    const sourceLine = this.source.line(line);
    const length = Math.max(1, Math.min(span.end - span.start, sourceLine.length - column + 1));
    const { file } = this.source;
    return { severity, code, message, file, line, column, length, sourceLine, ...(hint === undefined ? {} : { hint }) };
  }
}
