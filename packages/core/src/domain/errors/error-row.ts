/** Category of an error. Only edges map it to a status code or an exit code. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'denied'
  | 'absent'
  | 'conflict'
  | 'exhausted'
  | 'timeout'
  | 'upstream'
  | 'unavailable'
  | 'internal';

/** One error: title, remedy, and whether a retry can succeed. */
export interface ErrorRow {
  readonly kind: ErrorKind;
  readonly title: string;
  /** The remedy, as an imperative. */
  readonly advice: string;
  /** The same request can succeed later without a change. */
  readonly retryable?: true;
}
