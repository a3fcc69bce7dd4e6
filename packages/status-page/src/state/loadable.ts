import type { ApiResult } from '../api/request.ts';

/** What is known of something that is asked again and again. */
export interface Loadable<T> {
  /** The newest that is known, also while the daemon does not answer. */
  readonly value?: T;
  /** When it was known. */
  readonly at?: Date;
  /** What the last question ended with; undefined before the first answer. */
  readonly last?: ApiResult<T>;
}

/** A refusal takes the page back to the start: what was shown before is no longer this reader's to see. */
export function withResult<T>(known: Loadable<T>, last: ApiResult<T>, at: Date): Loadable<T> {
  if (last.kind === 'ok') return { value: last.value, at, last };
  return last.kind === 'refused' ? { last } : { ...known, last };
}
