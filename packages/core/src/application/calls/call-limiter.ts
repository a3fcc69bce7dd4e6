import { FairQueue, type ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { Policy } from '../../domain/calls/policy.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { FairRate } from '../../domain/calls/fair-rate.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { McpReply } from '../../domain/mcp/mcp.ts';
import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallStage, Clock, ToolCall } from '../../ports/index.ts';
import type { CallDenials } from './call-denials.ts';
import type { PolicyCatalog } from './policy-catalog.ts';

/** Queue length of a policy that limits concurrency and sets no `queue`. */
const DEFAULT_QUEUE = 64;

/** A request for a slot. */
export interface LimiterRequest {
  /** Key of the principal: turns, places and rate are shared among principals. */
  readonly caller: string;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Concurrency, queue and rate of a service, or of one of its tools. */
export class ConcurrencyLimiter {
  readonly #queue = new FairQueue({ places: Infinity, waiting: 0 });
  #rate: FairRate | undefined;

  constructor(policy: CallPolicy, now: number) {
    this.change(policy, now);
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

  /** Returns the release of a slot, or rule `queue` if the queue is full. Rejects when the signal aborts. */
  async enter({ caller, signal }: LimiterRequest): Promise<ReleaseSlot | PolicyRule> {
    return (await this.#queue.enter(caller, signal)) ?? 'queue';
  }
}

/** The limiters of a service and of its tools with limits of their own. */
export class ServiceLimiter {
  readonly #service = new ConcurrencyLimiter({}, 0);
  readonly #tools = new Map<string, ConcurrencyLimiter>();

  get load(): Pick<CallLoad, 'inFlight' | 'waiting'> {
    const limiters = [this.#service, ...this.#tools.values()];
    const waiting = limiters.reduce((sum, limiter) => sum + limiter.waiting, 0);
    return { inFlight: this.#service.inFlight, waiting };
  }

  change({ base, tools }: Policy, now: number): void {
    this.#service.change(base, now);
    for (const [tool, policy] of tools) {
      const limiter = this.#tools.get(tool);
      if (limiter === undefined) this.#tools.set(tool, new ConcurrencyLimiter(policy, now));
      else limiter.change(policy, now);
    }
    for (const [tool, limiter] of this.#tools) if (!tools.has(tool)) limiter.change({}, now);
  }

  /** Returns the release of the slots of a call, at its tool and at the service, or the rule that denies it. */
  async enter(tool: string, request: LimiterRequest): Promise<ReleaseSlot | PolicyRule> {
    const toolLimiter = this.#tools.get(tool);
    const limiters = toolLimiter === undefined ? [this.#service] : [toolLimiter, this.#service];
    if (!limiters.every((limiter) => limiter.hasRate(request))) return 'rate';
    for (const limiter of limiters) limiter.takeRate(request);
    const slots: ReleaseSlot[] = [];
    const release = (): void => {
      for (const slot of slots.splice(0).reverse()) slot();
    };
    try {
      for (const limiter of limiters) {
        const entered = await limiter.enter(request);
        if (typeof entered === 'string') {
          release();
          return entered;
        }
        slots.push(entered);
      }
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }
}

interface AppliedPolicy {
  readonly effective: EffectivePolicy;
  readonly limiter: ServiceLimiter;
}

/** Stage `limit`: rate, queue and concurrency of each service. The slot is free again when the call has settled. */
export class CallLimiter implements CallStage {
  readonly name = 'limit';
  readonly #policies: PolicyCatalog;
  readonly #denials: CallDenials;
  readonly #clock: Clock;
  readonly #applied = new Map<string, AppliedPolicy>();

  constructor(policies: PolicyCatalog, denials: CallDenials, clock: Clock) {
    this.#policies = policies;
    this.#denials = denials;
    this.#clock = clock;
  }

  async run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    const { effective, limiter } = this.#limiterOf(call.service);
    const request = { caller: principalKey(call.caller), now: this.#clock.monotonic(), signal: call.signal };
    let entered: ReleaseSlot | PolicyRule;
    try {
      entered = await limiter.enter(call.tool, request);
    } catch {
      throw new ClarityError('CALL_CANCELLED', '');
    }
    if (typeof entered === 'string') return this.#denials.deny(entered, call, effective.sources);
    try {
      return await next(call);
    } finally {
      entered();
    }
  }

  load(serviceId: string): CallLoad {
    const load = this.#applied.get(serviceId)?.limiter.load ?? { inFlight: 0, waiting: 0 };
    return { ...load, refused: this.#denials.count(serviceId) };
  }

  forget(serviceId: string): void {
    this.#applied.delete(serviceId);
  }

  #limiterOf(service: Service): AppliedPolicy {
    const effective = this.#policies.of(service);
    const known = this.#applied.get(service.serviceId);
    if (known?.effective === effective) return known;
    const limiter = known?.limiter ?? new ServiceLimiter();
    limiter.change(effective.policy, this.#clock.monotonic());
    const applied = { effective, limiter };
    this.#applied.set(service.serviceId, applied);
    return applied;
  }
}
