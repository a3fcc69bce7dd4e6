import { signal } from '@preact/signals';
import type { ApiResult, RequestFailure } from '../api/request.ts';
import { announced, showToast } from './toasts.ts';

/** Words of an action that runs, or its failure until the next try. */
export type ActionState =
  { readonly busy: string } | { readonly failure: RequestFailure | { readonly kind: 'refused' } };

/** The actions of the page by key, such as `svc_1:start`. A successful action leaves no state: its effect is visible. */
export const actions = signal<ReadonlyMap<string, ActionState>>(new Map());

export interface ActionRequest<T> {
  readonly key: string;
  /** Words of the button while the action runs. */
  readonly busy: string;
  readonly run: () => Promise<ApiResult<T>>;
  /** Text after a success. */
  readonly done?: string | ((value: T) => string);
  readonly undo?: () => void;
}

function setAction(key: string, state: ActionState | undefined): void {
  const next = new Map(actions.value);
  if (state === undefined) next.delete(key);
  else next.set(key, state);
  actions.value = next;
}

/** Returns the sentence of a failure. */
export function toSentence(failure: RequestFailure | { readonly kind: 'refused' }): string {
  if (failure.kind === 'refused') return 'The session has ended. Nothing was changed.';
  if (failure.isLost === true) return 'clarityd does not answer. Nothing was changed.';
  return [failure.reason, failure.hint].filter((text) => text !== undefined).join(': ');
}

/** Runs an action unless it already runs. Returns the value, or undefined after a failure, which stays at its key. */
export async function runAction<T>({ key, busy, run, done, undo }: ActionRequest<T>): Promise<T | undefined> {
  const known = actions.value.get(key);
  if (known !== undefined && 'busy' in known) return undefined;
  setAction(key, { busy });
  const result = await run();
  if (result.kind === 'ok') {
    setAction(key, undefined);
    if (done !== undefined) showToast(typeof done === 'string' ? done : done(result.value), undo);
    return result.value;
  }
  setAction(key, { failure: result });
  announced.value = toSentence(result);
  if (result.kind === 'refused' || result.isLost === true) showToast(toSentence(result));
  return undefined;
}

/** Returns the words of a running action. */
export function busyWord(...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const state = actions.value.get(key);
    if (state !== undefined && 'busy' in state) return state.busy;
  }
  return undefined;
}

/** Returns the failure of the last try of an action. */
export function failureOf(key: string): RequestFailure | { readonly kind: 'refused' } | undefined {
  const state = actions.value.get(key);
  return state !== undefined && 'failure' in state ? state.failure : undefined;
}
