/** What kind of "no" it is. Edges alone turn a kind into a status code or an exit code. */
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

/** One failure: what happened, the mend, and whether the same request may succeed later. */
export interface ErrorRow {
  readonly kind: ErrorKind;
  readonly title: string;
  /** The mend, as an imperative. */
  readonly advice: string;
  /** The same request may succeed later without a change. */
  readonly retryable?: true;
}
