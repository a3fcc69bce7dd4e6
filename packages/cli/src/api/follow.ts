import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api-client.ts';
import { Problem } from '../problem.ts';
import { ApiRefusal } from './refusal.ts';
import type { EventFrame } from './event-stream.ts';

export interface FollowOptions {
  /** Number of the last event that was seen. */
  readonly after: number | undefined;
  /** Told once for each time that the connection is lost. */
  readonly onGap: (reason: string) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** Events as they happen. A daemon that goes away is waited for; one that refuses is not. Never ends by itself. */
export async function* follow(api: ApiClient, { after, onGap }: FollowOptions): AsyncGenerator<EventFrame> {
  let last = after === undefined ? undefined : String(after);
  let pause = FIRST_PAUSE_MS;
  for (let isFirst = true; ; isFirst = false) {
    try {
      for await (const frame of api.events(last)) {
        pause = FIRST_PAUSE_MS;
        last = frame.id ?? last;
        yield frame;
      }
      if (pause === FIRST_PAUSE_MS) onGap('the daemon has ended the stream; coming back');
    } catch (error) {
      if (isFirst || error instanceof ApiRefusal || !(error instanceof Problem)) throw error;
      if (pause === FIRST_PAUSE_MS) onGap(`${error.message}; waiting for it`);
    }
    await delay(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}
