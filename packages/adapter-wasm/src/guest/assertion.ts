/** One comparison of a test, with both sides as text. */
export interface Assertion {
  readonly assertion: string;
  readonly holds: boolean;
  readonly expected: string;
  readonly actual: string;
}
