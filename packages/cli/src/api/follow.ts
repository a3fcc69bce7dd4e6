import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { CliError } from '../support/cli-error.ts';
import { ApiError } from './api-error.ts';
import type { EventFrame } from './event-client.ts';

/** Returns the lines of `now` that follow `before`. Both are the newest lines of one log. */
export function newLines(before: readonly string[], now: readonly string[]): readonly string[] {
  for (let from = 0; from < before.length; from += 1) {
    const kept = before.length - from;
    if (kept <= now.length && isPrefix(before, from, now)) return now.slice(kept);
  }
  return now;
}

function isPrefix(before: readonly string[], from: number, now: readonly string[]): boolean {
  for (let at = from; at < before.length; at += 1) {
    if (before[at] !== now[at - from]) return false;
  }
  return true;
}

export interface FollowOptions {
  /** Cursor after the last known event. */
  readonly after: string | undefined;
  /** Called once for each lost connection. */
  readonly onGap: (reason: string) => void;
  /** Ends the iteration, which otherwise never ends. */
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

/** Yields new events. Reconnects after a lost connection, but not after an error reply. */
export async function* follow(api: ApiClient, { after, onGap, signal }: FollowOptions): AsyncGenerator<EventFrame> {
  let last = after;
  let pause = FIRST_PAUSE_MS;
  for (let isFirst = true; signal?.aborted !== true; isFirst = false) {
    try {
      for await (const frame of api.events(last, signal)) {
        pause = FIRST_PAUSE_MS;
        last = frame.id ?? last;
        yield frame;
      }
      if (pause === FIRST_PAUSE_MS && !isAborted(signal)) onGap('the daemon closed the event stream; reconnecting');
    } catch (error) {
      if (isAborted(signal)) return;
      if (isFirst || !isAway(error)) throw error;
      if (pause === FIRST_PAUSE_MS) onGap(`${error.message}; retrying`);
    }
    await pauseFor(pause, signal);
    pause = Math.min(pause * 2, MAX_PAUSE_MS);
  }
}

/** Returns whether the daemon cannot be reached or is closing. A retry does not help against other errors. */
export const isAway = (error: unknown): error is CliError =>
  error instanceof ApiError ? error.code === 'SHUTTING_DOWN' : error instanceof CliError;

/** Waits, at most until the signal aborts. */
export const pauseFor = (ms: number, signal: AbortSignal | undefined): Promise<unknown> =>
  delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;
