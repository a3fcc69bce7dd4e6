import type { Answer } from '../api/request.ts';

/** What is known of something that is asked again and again. */
export interface Known<T> {
  /** The newest that is known, also while the daemon does not answer. */
  readonly value?: T;
  /** When it was known. */
  readonly at?: Date;
  /** What the last question ended with; undefined before the first answer. */
  readonly last?: Answer<T>;
}

/** A refusal takes the page back to the start: what was shown before is no longer this reader's to see. */
export function withAnswer<T>(known: Known<T>, last: Answer<T>, at: Date): Known<T> {
  if (last.kind === 'ok') return { value: last.value, at, last };
  return last.kind === 'refused' ? { last } : { ...known, last };
}
