import type { ApiResult } from '../api/request.ts';

/** A value that is loaded periodically. */
export interface Loadable<T> {
  /** The newest value, also while the daemon does not respond. */
  readonly value?: T;
  /** The time of the value. */
  readonly at?: Date;
  /** The last result; undefined before the first. */
  readonly last?: ApiResult<T>;
}

/** Returns the state after a result. `refused` removes the value, because the user may no longer see it. */
export function withResult<T>(known: Loadable<T>, last: ApiResult<T>, at: Date): Loadable<T> {
  if (last.kind === 'ok') return { value: last.value, at, last };
  return last.kind === 'refused' ? { last } : { ...known, last };
}
