import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from './session.ts';
import { SseResponse } from './sse-response.ts';
import type { LimitName } from '@clarity-runtime/core';

const LAST_EVENT_ID = 'last-event-id';

/**
 * Opens the stream of a session for what belongs to no request, or resumes the one that the client names by the last event
 * that it has seen. An event of another process is lost, the stream for what comes is not: that one is opened then.
 */
export function handleStream(
  session: Session,
  { req, res, tooSlow }: { readonly req: IncomingMessage; readonly res: ServerResponse; readonly tooSlow: () => void },
): void {
  const last = req.headers[LAST_EVENT_ID];
  const known = typeof last === 'string' ? session.events.find(last) : undefined;
  const { stream, after } = known ?? { stream: session.events.standalone, after: undefined };
  const sse = new SseResponse(res, { tooSlow });
  res.once('close', () => {
    stream.detach(sse);
  });
  if (session.primes && known === undefined) sse.prime(stream.place);
  sse.flush();
  stream.attach(sse, after);
}

/** Bounds the streams that stay open without an end in sight. */
export class StreamLimiter {
  readonly #most: number;
  readonly #refused: (what: LimitName) => void;
  #taken = 0;

  constructor(most: number, refused: (what: LimitName) => void) {
    this.#most = most;
    this.#refused = refused;
  }

  get taken(): number {
    return this.#taken;
  }

  /** A stream was cut because its client did not read. */
  readonly tooSlow = (): void => {
    this.#refused('stream.too_slow');
  };

  /** Takes one until the response closes; false when there is none left. */
  take(res: ServerResponse): boolean {
    if (this.#taken >= this.#most) {
      this.#refused('stream.too_many');
      return false;
    }
    this.#taken += 1;
    res.once('close', () => {
      this.#taken -= 1;
    });
    return true;
  }
}
