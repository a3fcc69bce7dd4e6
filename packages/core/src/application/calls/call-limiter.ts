import { FairQueue, type ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { RateLimit } from '../../domain/calls/rate-limit.ts';
import type { Policy } from '../../domain/calls/policy.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';

/** Calls that may wait for a place where nobody says how many. */
const DEFAULT_QUEUE = 64;

export interface LimiterRequest {
  /** Who takes turns with others. */
  readonly caller: string;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** The places and the rate of a service, or of one of its tools. */
export class ConcurrencyLimiter {
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
  change({ maxConcurrency, queue = DEFAULT_QUEUE, rate }: CallPolicy, now: number): void {
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
  async enter({ caller, signal }: LimiterRequest): Promise<ReleaseSlot | PolicyRule> {
    return (await this.#queue.enter(caller, signal)) ?? 'queue';
  }
}

/** The places and rates of a service and of those of its tools that have their own. */
export class ServiceLimiter {
  refused = 0;
  readonly #own = new ConcurrencyLimiter({}, 0);
  readonly #tools = new Map<string, ConcurrencyLimiter>();

  get load(): CallLoad {
    const lanes = [this.#own, ...this.#tools.values()];
    const waiting = lanes.reduce((sum, lane) => sum + lane.waiting, 0);
    return { inFlight: this.#own.inFlight, waiting, refused: this.refused };
  }

  change({ base, tools }: Policy, now: number): void {
    this.#own.change(base, now);
    for (const [tool, bounds] of tools) {
      const lane = this.#tools.get(tool);
      if (lane === undefined) this.#tools.set(tool, new ConcurrencyLimiter(bounds, now));
      else lane.change(bounds, now);
    }
    for (const [tool, lane] of this.#tools) if (!tools.has(tool)) lane.change({}, now);
  }

  /** The place of a call, in the lane of its tool and in the one of the service; a rule when it gets none. */
  async enter(tool: string, entry: LimiterRequest): Promise<ReleaseSlot | PolicyRule> {
    const own = this.#tools.get(tool);
    const lanes = own === undefined ? [this.#own] : [own, this.#own];
    if (!lanes.every((lane) => lane.hasRate(entry.now))) return 'rate';
    for (const lane of lanes) lane.takeRate(entry.now);
    const left: ReleaseSlot[] = [];
    const leave = (): void => {
      for (const each of left.splice(0).reverse()) each();
    };
    try {
      for (const lane of lanes) {
        const entered = await lane.enter(entry);
        if (typeof entered === 'string') {
          leave();
          return entered;
        }
        left.push(entered);
      }
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }
}
