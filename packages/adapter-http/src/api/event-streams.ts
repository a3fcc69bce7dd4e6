import { ClarityError, type AuditReplay, type Caller, type Runtime } from '@clarity-runtime/core';
import type { StreamReply } from '../http/response.ts';
import { EventBuffer } from './event-buffer.ts';
import { EventStream, type StreamLimits } from './event-stream.ts';

/** Events that a new reader is shown of the past, and the most that one who comes back is. */
const REPLAYED = 100;
const MOST_REPLAYED = 1_000;

/** All clients that watch events: bounded in number, told what they missed, sent home when the runtime or its server closes. */
export class EventStreams {
  readonly #runtime: Runtime;
  readonly #limits: StreamLimits & { readonly maxEventStreams: number };
  readonly #open = new Set<EventStream>();
  #taken = 0;
  #isClosing = false;

  constructor(runtime: Runtime, limits: StreamLimits & { readonly maxEventStreams: number }, closing?: AbortSignal) {
    this.#runtime = runtime;
    this.#limits = limits;
    const end = (): void => {
      this.#isClosing = true;
      for (const stream of this.#open) stream.end();
    };
    runtime.on('runtime.closing', end);
    closing?.addEventListener('abort', end, { once: true });
  }

  /** How many are open. */
  get size(): number {
    return this.#taken;
  }

  /** Refuses with TOO_MANY_STREAMS, SHUTTING_DOWN, GRANT_REQUIRED before anything is written. */
  async watch(caller: Caller, lastEventId: string | undefined): Promise<StreamReply> {
    const release = this.#take();
    // Listening begins before the past is read, so that nothing falls between the two.
    const meanwhile = new EventBuffer(this.#runtime, MOST_REPLAYED);
    try {
      const after = lastEventId !== undefined && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) : undefined;
      const limit = after === undefined ? REPLAYED : MOST_REPLAYED;
      const past = await this.#runtime.audit.replay(caller, after, limit);
      return {
        stream: (req, res) => {
          const stream = new EventStream(res, this.#limits, () => {
            this.#runtime.refusals.count('stream.too_slow');
          });
          this.#open.add(stream);
          const over = (): void => {
            meanwhile.close();
            stream.end();
            this.#open.delete(stream);
            release();
          };
          res.once('close', over);
          if (res.closed) over();
          else if (req.method === 'HEAD' || this.#isClosing) stream.end();
          else void this.#show(stream, past, meanwhile);
        },
      };
    } catch (error) {
      meanwhile.close();
      release();
      throw error;
    }
  }

  /** The past at the reader's pace, then what happened meanwhile, then the present as it comes. */
  async #show(stream: EventStream, past: AuditReplay, meanwhile: EventBuffer): Promise<void> {
    if (past.missed > 0) stream.missed(past.missed);
    for (const event of past.items) await stream.sendPaced(event);
    const shown = past.items.at(-1)?.seq ?? 0;
    const missed = meanwhile.handOver((event) => {
      if (event.seq > shown) stream.send(event);
    });
    if (missed > 0) stream.missed(missed);
  }

  #take(): () => void {
    if (this.#isClosing) throw new ClarityError('SHUTTING_DOWN', '');
    const { maxEventStreams } = this.#limits;
    if (this.#taken >= maxEventStreams)
      throw new ClarityError('TOO_MANY_STREAMS', `at most ${String(maxEventStreams)}`);
    this.#taken += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#taken -= 1;
      isTaken = false;
    };
  }
}
