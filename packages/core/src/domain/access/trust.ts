import { ClarityError } from '../errors/clarity-error.ts';

/**
 * Reason why stored state is not trusted. `unsigned`: no mark, or a mark of another key or workspace. `rolled_back`: older
 * than the state that was seen last. `missing`: seen before and gone. `moved`: the record names another folder.
 * `unknown`: this user has never trusted the workspace. `revoked`: the operator withdrew the trust.
 */
export type TrustReason = 'unsigned' | 'rolled_back' | 'missing' | 'moved' | 'unknown' | 'revoked';

/** One difference between the stored state and the state that was trusted. */
export interface TrustProblem {
  /** The file, relative to the workspace. */
  readonly file: string;
  readonly reason: TrustReason;
  /** Counter or sequence number that was seen last. */
  readonly expected?: number;
  /** Counter or sequence number of the file. */
  readonly found?: number;
}

/** Whether stored state may start programs, open connections and resolve credentials. */
export type TrustState =
  { readonly trusted: true } | { readonly trusted: false; readonly problems: readonly TrustProblem[] };

/** @throws ClarityError WORKSPACE_UNTRUSTED with the first problem when the state is not trusted. */
export function assertTrusted(state: TrustState): void {
  if (!state.trusted) throw untrusted(state.problems);
}

/** Returns the error of an action that stored state may not cause. */
export function untrusted(problems: readonly TrustProblem[]): ClarityError {
  const [first] = problems;
  return new ClarityError('WORKSPACE_UNTRUSTED', first === undefined ? '' : problemText(first));
}

const TEXTS: Readonly<Record<TrustReason, string>> = {
  unsigned: 'has no valid mark of this user',
  rolled_back: 'is older than the state that was seen last',
  missing: 'is missing',
  moved: 'was trusted in another folder',
  unknown: 'was not created or trusted by this user',
  revoked: 'is no longer trusted',
};

/** Returns a problem as a sentence without a period. */
export function problemText({ file, reason, expected, found }: TrustProblem): string {
  const numbers =
    expected === undefined || found === undefined ? '' : ` (${String(found)}, expected at least ${String(expected)})`;
  return `${file} ${TEXTS[reason]}${numbers}`;
}
