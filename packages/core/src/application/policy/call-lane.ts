import { FairQueue, type Leave } from '../../domain/calls/fair-queue.ts';
import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { RateLimit } from '../../domain/calls/rate-limit.ts';

/** Calls that may wait for a place where nobody says how many. */
const USUAL_QUEUE = 64;

export interface LaneEntry {
  /** Who takes turns with others. */
  readonly caller: string;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The places and the rate of a service, or of one of its tools. */
export class CallLane {
  readonly #queue = new FairQueue({ places: Infinity, waiting: 0 });
  #rate: RateLimit | undefined;

  constructor(bounds: CallPolicy, now: number) {
    this.change(bounds, now);
  }

  get inFlight(): number {
    return this.#queue.inside;
  }

  get waiting(): number {
    return this.#queue.waiting;
  }

  /** Calls that are inside keep their places. */
  change({ maxConcurrency, queue = USUAL_QUEUE, rate }: CallPolicy, now: number): void {
    this.#queue.change({ places: maxConcurrency ?? Infinity, waiting: queue });
    if (rate === undefined) this.#rate = undefined;
    else if (this.#rate === undefined) this.#rate = new RateLimit(rate, now);
    else this.#rate.change(rate, now);
  }

  /** Whether the rate has room; nothing is taken. */
  hasRate(now: number): boolean {
    return this.#rate?.has(now) ?? true;
  }

  takeRate(now: number): void {
    this.#rate?.take(now);
  }

  /** A place; a rule when there is none. */
  async enter({ caller, signal }: LaneEntry): Promise<Leave | PolicyRule> {
    return (await this.#queue.enter(caller, signal)) ?? 'queue';
  }
}
