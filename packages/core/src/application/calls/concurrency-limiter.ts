import type { Cancellation } from '../../domain/calls/cancellation.ts';
import { FairQueue, type ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import { FairRate } from '../../domain/calls/fair-rate.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { Clock } from '../../ports/index.ts';

/** Queue length of a policy that limits concurrency and sets no `queue`. */
const DEFAULT_QUEUE = 64;
/**
 * Milliseconds for which the slot of a cancelled call stays taken while calls wait. A client that cancels all of its calls sends
 * one notification for each, so that the slot of the first would send the next one just before its own cancellation. Each
 * cancellation of a waiting call in this time begins it again, at most ten times.
 */
const CANCELLED_SLOT_MS = 50;
const MAX_CANCELLED_TURNS = 10;

/** A request for a slot. */
export interface LimiterRequest {
  /** Key of the principal: turns, places and rate are shared among principals. */
  readonly caller: string;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly cancellation: Cancellation;
}

/** Concurrency, queue and rate of a service, or of one of its tools. */
export class ConcurrencyLimiter {
  readonly #queue = new FairQueue({ places: Infinity, waiting: 0 });
  /** Waiting calls that were cancelled. */
  #cancelledCount = 0;
  readonly #clock: Clock;
  #rate: FairRate | undefined;

  constructor(policy: CallPolicy, clock: Clock) {
    this.#clock = clock;
    this.change(policy, clock.monotonic());
  }

  get inFlight(): number {
    return this.#queue.inside;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Calls in flight keep their slots. */
  change({ maxConcurrency, queue = DEFAULT_QUEUE, rate }: CallPolicy, now: number): void {
    this.#queue.change({ places: maxConcurrency ?? Infinity, waiting: queue });
    if (rate === undefined) this.#rate = undefined;
    else if (this.#rate === undefined) this.#rate = new FairRate(rate, now);
    else this.#rate.change(rate, now);
  }

  /** Returns true if the rate has room; takes nothing. */
  hasRate({ caller, now }: LimiterRequest): boolean {
    return this.#rate?.has(caller, now) ?? true;
  }

  takeRate({ caller, now }: LimiterRequest): void {
    this.#rate?.take(caller, now);
  }

  /**
   * Returns the release of a slot, or rule `queue` if the queue is full. Rejects when the call is cancelled. Hot path: a free slot
   * is returned without a promise.
   */
  enter(request: LimiterRequest): Promise<ReleaseSlot | PolicyRule> | ReleaseSlot {
    const free = this.#queue.tryEnter(request.caller);
    if (free !== undefined) return this.#releaseOf(free, request);
    return Promise.resolve(this.#queue.enter(request.caller, request.cancellation)).then(
      (leave) => (leave === undefined ? 'queue' : this.#releaseOf(leave, request)),
      (error: unknown) => {
        this.#cancelledCount += 1;
        throw error;
      },
    );
  }

  #releaseOf(leave: ReleaseSlot, request: LimiterRequest): ReleaseSlot {
    return () => {
      if (this.waiting > 0 && request.cancellation.isCancelled) void this.#leaveLater(leave);
      else leave();
    };
  }

  async #leaveLater(leave: ReleaseSlot): Promise<void> {
    let seen: number | undefined;
    for (let turn = 0; turn < MAX_CANCELLED_TURNS && seen !== this.#cancelledCount; turn += 1) {
      seen = this.#cancelledCount;
      await this.#clock.after(CANCELLED_SLOT_MS);
    }
    leave();
  }
}
