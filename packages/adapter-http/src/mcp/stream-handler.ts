import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, LimitName } from '@clarity-runtime/core';
import { FairPool, principalKey } from '@clarity-runtime/core/internal';
import type { Session } from './session.ts';
import { SseResponse } from './sse-response.ts';

const LAST_EVENT_ID = 'last-event-id';

export interface StreamRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly onTooSlow: () => void;
}

/**
 * Answers a GET (MCP 2025-11-25, Streamable HTTP, "Listening for Messages from the Server"): resumes the stream of
 * `Last-Event-ID`, or opens the standalone stream if the event is not stored any more.
 */
export function handleStream(session: Session, { req, res, onTooSlow }: StreamRequest): void {
  const last = req.headers[LAST_EVENT_ID];
  const known = typeof last === 'string' ? session.events.find(last) : undefined;
  const { stream, after } = known ?? { stream: session.events.standalone, after: undefined };
  const sse = new SseResponse(res, { onTooSlow });
  res.once('close', () => {
    stream.detach(sse);
  });
  if (session.primes && known === undefined) sse.prime(stream.position);
  sse.flush();
  stream.attach(sse, after);
}

/** Bounds the number of open streams. */
export class StreamLimiter {
  readonly #pool: FairPool;
  readonly #onLimit: (limit: LimitName) => void;

  constructor(maxStreams: number, onLimit: (limit: LimitName) => void) {
    this.#pool = new FairPool(maxStreams);
    this.#onLimit = onLimit;
  }

  get openCount(): number {
    return this.#pool.count;
  }

  /** Counts a stream that was closed because its client does not read. */
  readonly countTooSlow = (): void => {
    this.#onLimit('stream.too_slow');
  };

  /**
   * Takes one slot until the response closes; false if every slot is taken and the caller has its fair share. Otherwise the
   * newest stream of the principal with the most streams ends.
   */
  take(res: ServerResponse, caller: Caller): boolean {
    const release = this.#pool.take(principalKey(caller), () => {
      this.#onLimit('stream.too_many');
      res.destroy();
    });
    if (release === undefined) {
      this.#onLimit('stream.too_many');
      return false;
    }
    res.once('close', release);
    return true;
  }
}
