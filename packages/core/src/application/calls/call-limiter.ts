import { toCancellation } from '../../domain/calls/cancellation.ts';
import type { ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { Policy } from '../../domain/calls/policy.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { McpReply } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';
import type { CallStage, Clock, ToolCall } from '../../ports/index.ts';
import type { CallDenials } from './call-denials.ts';
import { ConcurrencyLimiter, type LimiterRequest } from './concurrency-limiter.ts';
import type { GrantLimiter } from './grant-limiter.ts';
import type { PolicyCatalog } from './policy-catalog.ts';

/** The limiters of a service and of its tools with limits of their own. */
export class ServiceLimiter {
  readonly #service: ConcurrencyLimiter;
  readonly #tools = new Map<string, ConcurrencyLimiter>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#service = new ConcurrencyLimiter({}, clock);
  }

  get load(): Pick<CallLoad, 'inFlight' | 'waiting'> {
    const limiters = [this.#service, ...this.#tools.values()];
    const waiting = limiters.reduce((sum, limiter) => sum + limiter.waiting, 0);
    return { inFlight: this.#service.inFlight, waiting };
  }

  change({ base, tools }: Policy): void {
    const now = this.#clock.monotonic();
    this.#service.change(base, now);
    for (const [tool, policy] of tools) {
      const limiter = this.#tools.get(tool);
      if (limiter === undefined) this.#tools.set(tool, new ConcurrencyLimiter(policy, this.#clock));
      else limiter.change(policy, now);
    }
    for (const [tool, limiter] of this.#tools) if (!tools.has(tool)) limiter.change({}, now);
  }

  /** Returns the release of the slots of a call, at its tool and at the service, or the rule that denies it. */
  enter(tool: string, request: LimiterRequest): Promise<ReleaseSlot | PolicyRule> | ReleaseSlot | PolicyRule {
    const toolLimiter = this.#tools.get(tool);
    const limiters = toolLimiter === undefined ? [this.#service] : [toolLimiter, this.#service];
    if (!limiters.every((limiter) => limiter.hasRate(request))) return 'rate';
    for (const limiter of limiters) limiter.takeRate(request);
    return toolLimiter === undefined ? this.#service.enter(request) : enterAll(limiters, request);
  }
}

/** Returns the release of the slots of all limiters, or the rule of the one that denies the call. */
async function enterAll(
  limiters: readonly ConcurrencyLimiter[],
  request: LimiterRequest,
): Promise<ReleaseSlot | PolicyRule> {
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

interface AppliedPolicy {
  readonly effective: EffectivePolicy;
  readonly limiter: ServiceLimiter;
}

function cancelled(): never {
  throw new ClarityError('CALL_CANCELLED', '');
}

/**
 * Stage `limit`: rate and concurrency that the grants of the caller set, then rate, queue and concurrency of the service. The
 * slots are free again when the call has settled.
 */
export class CallLimiter implements CallStage {
  readonly name = 'limit';
  readonly #policies: PolicyCatalog;
  readonly #denials: CallDenials;
  readonly #clock: Clock;
  readonly #grants: GrantLimiter;
  readonly #applied = new Map<string, AppliedPolicy>();

  constructor(policies: PolicyCatalog, denials: CallDenials, clock: Clock, grants: GrantLimiter) {
    this.#grants = grants;
    this.#policies = policies;
    this.#denials = denials;
    this.#clock = clock;
  }

  async run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply> {
    const held = this.#grants.enter(call);
    const leave = held === undefined ? undefined : await held;
    const { effective, limiter } = this.#limiterOf(call.service);
    const caller = principalKey(call.caller);
    const request = { caller, now: this.#clock.monotonic(), cancellation: toCancellation(call) };
    try {
      const entering = limiter.enter(call.tool, request);
      const entered = entering instanceof Promise ? await entering.catch(cancelled) : entering;
      if (typeof entered === 'string') return this.#denials.deny(entered, call, effective.sources);
      try {
        return await next(call);
      } finally {
        entered();
      }
    } finally {
      leave?.();
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
    const limiter = known?.limiter ?? new ServiceLimiter(this.#clock);
    limiter.change(effective.policy);
    const applied = { effective, limiter };
    this.#applied.set(service.serviceId, applied);
    return applied;
  }
}
