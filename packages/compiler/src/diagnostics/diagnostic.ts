/** One finding in a source text. `line` and `column` count from 1, `column` and `length` in UTF-16 code units. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Source line of the finding, at most 400 characters. */
  readonly sourceLine: string;
  /** Suggested fix. */
  readonly hint?: string;
}

/** Stable identifier of a kind of finding. */
export type DiagnosticCode =
  | 'SOURCE_TOO_LARGE'
  | 'INVALID_CHARACTER'
  | 'UNTERMINATED_STRING'
  | 'INVALID_NUMBER'
  | 'INT_OUT_OF_RANGE'
  | 'FLOAT_OUT_OF_RANGE'
  | 'NESTING_TOO_DEEP'
  | 'FUNCTION_TOO_LARGE'
  | 'TYPE_TOO_LARGE'
  | 'MATCH_TOO_COMPLEX'
  | 'MISSING_MODULE'
  | 'MISSING_RETURN_TYPE'
  | 'UNEXPECTED_TOKEN'
  | 'FOREIGN_SYNTAX'
  | 'NOT_SUPPORTED'
  | 'BUILTIN_NOT_AVAILABLE'
  | 'DUPLICATE_NAME'
  | 'RESERVED_NAME'
  | 'UNKNOWN_NAME'
  | 'UNKNOWN_TYPE'
  | 'UNKNOWN_EFFECT'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_ARGUMENT'
  | 'WRONG_ARITY'
  | 'TYPE_MISMATCH'
  | 'AMBIGUOUS_TYPE'
  | 'OPERATOR_TYPE'
  | 'NOT_CALLABLE'
  | 'CYCLIC_ALIAS'
  | 'UNIT_VALUE'
  | 'NOT_CONSTANT'
  | 'NOT_MUTABLE'
  | 'MISSING_EFFECT'
  | 'NON_EXHAUSTIVE_MATCH'
  | 'UNREACHABLE_ARM'
  | 'MUTUAL_TAIL_CALL'
  | 'EMPTY_MODULE';
