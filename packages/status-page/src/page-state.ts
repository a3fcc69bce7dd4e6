import type { Answer, RuntimeStatus, Tool } from './api.ts';

/** What the tools of one service are known to be; `revision` says for which interface. */
export interface ToolsState {
  readonly revision: string;
  readonly answer: Answer<readonly Tool[]> | undefined;
}

export interface PageState {
  /** The newest that is known, also while the daemon does not answer. */
  readonly status?: RuntimeStatus;
  /** When it was known. */
  readonly at?: Date;
  /** What the last question ended with; undefined before the first answer. */
  readonly last?: Answer<RuntimeStatus>;
}

/** A refusal takes the page back to the start: what was shown before is no longer this reader's to see. */
export function withAnswer(state: PageState, last: Answer<RuntimeStatus>, at: Date): PageState {
  if (last.kind === 'ok') return { status: last.value, at, last };
  return last.kind === 'refused' ? { last } : { ...state, last };
}
