import type { ApiResult } from '../api/request.ts';

/** Something that the reader asked for: under way, or failed with a reason. What went well is seen in what it changed. */
export type RunningAction = { readonly state: 'busy' } | { readonly state: 'failed'; readonly reason: string };

/** What the reader asks for, each by a key of its own. */
export interface Actions {
  readonly doing: ReadonlyMap<string, RunningAction>;
  act(key: string, work: () => Promise<ApiResult<unknown>>): void;
}

/** How it stands after an answer; undefined when there is nothing left to say. */
export function doingAfter(answer: ApiResult<unknown>): RunningAction | undefined {
  if (answer.kind === 'ok') return undefined;
  return { state: 'failed', reason: answer.kind === 'refused' ? 'The session has ended.' : answer.reason };
}
