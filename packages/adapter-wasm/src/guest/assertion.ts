/** What a test compared; both sides as texts. */
export interface Assertion {
  readonly assertion: string;
  readonly holds: boolean;
  readonly expected: string;
  readonly actual: string;
}
