import type { ApiResult } from '../api/request.ts';

/** An action that runs or has failed. A successful action has no state: its effect is visible. */
export type RunningAction = { readonly state: 'busy' } | { readonly state: 'failed'; readonly reason: string };

/** The actions of the page by key. */
export interface Actions {
  readonly doing: ReadonlyMap<string, RunningAction>;
  act(key: string, work: () => Promise<ApiResult<unknown>>): void;
}

/** Returns the state of an action after its result, or undefined after a success. */
export function doingAfter(answer: ApiResult<unknown>): RunningAction | undefined {
  if (answer.kind === 'ok') return undefined;
  return { state: 'failed', reason: answer.kind === 'refused' ? 'The session has ended.' : answer.reason };
}
