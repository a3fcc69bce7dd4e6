import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import type { SourceText, Span } from './source-text.ts';

const MAX_ERROR_COUNT = 50;
const MAX_WARNING_COUNT = 50;

/** A diagnostic before its position is resolved. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly span: Span;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Thrown by `Report.error` after 50 errors; `compile` then returns these errors. */
export class TooManyErrors extends Error {
  override readonly name = 'TooManyErrors';
}

/** Collects the diagnostics of one source text: at most 50 errors and 50 warnings. */
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

  /** Errors and warnings in the order of their positions. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#errors, ...this.#warnings].sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Returns true if an error starts in this range of the text. */
  hasErrorIn({ start, end }: Span): boolean {
    return this.#starts.some((place) => start <= place && place < end);
  }

  /** Adds an error. Ignores a repeated code at the same position. @throws TooManyErrors after 50 errors. */
  error(finding: Finding): void {
    const place = `${finding.code}@${finding.span.start.toString()}`;
    if (this.#seen.has(place)) return;
    this.#seen.add(place);
    this.#starts.push(finding.span.start);
    this.#errors.push(this.#located('error', finding));
    if (this.#errors.length >= MAX_ERROR_COUNT) throw new TooManyErrors();
  }

  /** Adds a warning; ignores more than 50. */
  warning(finding: Finding): void {
    if (this.#warnings.length < MAX_WARNING_COUNT) this.#warnings.push(this.#located('warning', finding));
  }

  #located(severity: 'error' | 'warning', { code, span, message, hint }: Finding): Diagnostic {
    const { line, column } = this.source.position(span.start);
    const sourceLine = this.source.line(line);
    const length = Math.max(1, Math.min(span.end - span.start, sourceLine.length - column + 1));
    const { file } = this.source;
    return { severity, code, message, file, line, column, length, sourceLine, ...(hint === undefined ? {} : { hint }) };
  }
}
