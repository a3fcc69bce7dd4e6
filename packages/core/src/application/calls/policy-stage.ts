import type { Caller } from '../../domain/access/caller.ts';
import { timeoutsOf, type CallTimeouts } from '../../domain/calls/call-limits.ts';
import { ClarityError, failure, isClarityError, type Failure } from '../../domain/errors/clarity-error.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import { limitsForTool } from '../../domain/calls/policy.ts';
import { POLICY_KNOBS } from '../../domain/calls/policy-knobs.ts';
import {
  isToolVisible,
  evaluatePolicy,
  denialFor,
  type PolicyRule,
  type PolicyDenial,
} from '../../domain/calls/policy-verdict.ts';
import { toPrintableAscii } from '../../domain/text/safe-text.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Clock } from '../../ports/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { LimitCounters } from '../audit/counters.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { PolicyCatalog } from './policy-catalog.ts';
import { ServiceLimiter } from './call-limiter.ts';

/** A call that asks to be let through. */
export interface GatedCall {
  readonly service: Service;
  /** The service's own name for it. */
  readonly tool: string;
  readonly caller: Caller;
  readonly requestBytes: number;
  readonly signal: AbortSignal;
}

/** How one admitted call may spend time and bytes; 0 leaves it to the service. */
export interface CallTerms extends CallTimeouts {
  readonly maxReplyBytes: number;
}

export interface GateLimits {
  /** Total time where no policy has one; 0 leaves it to the service. */
  readonly callTimeoutMs: number;
  readonly maxReplyBytes: number;
}

export interface PolicyStageDependencies {
  readonly policies: PolicyCatalog;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly limits: GateLimits;
  readonly refusals?: LimitCounters;
}

interface Known {
  readonly effective: EffectivePolicy;
  readonly lanes: ServiceLimiter;
}

/** Lets calls through as the policy of their service says. What it refuses is written down in the words of the refusal. */
export class PolicyStage {
  readonly #policies: PolicyCatalog;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #limits: GateLimits;
  readonly #refusals: LimitCounters | undefined;
  readonly #known = new Map<string, Known>();

  constructor({ policies, audit, clock, limits, refusals }: PolicyStageDependencies) {
    this.#policies = policies;
    this.#audit = audit;
    this.#clock = clock;
    this.#limits = limits;
    this.#refusals = refusals;
  }

  /** Whether clients are shown the tool. */
  offers(service: Service, tool: string): boolean {
    try {
      return isToolVisible(this.#policies.of(service).policy, tool);
    } catch {
      return false;
    }
  }

  /** What the tool is refused for whatever the arguments are; undefined when it may be called. */
  verdict(service: Service, tool: string): Failure | undefined {
    const question = { tool, requestBytes: 0 };
    try {
      const { policy, sources } = this.#policies.of(service);
      const rule = evaluatePolicy(policy, question);
      return rule === undefined ? undefined : denialFor(rule, question, sources).failure;
    } catch (error) {
      return isClarityError(error) ? error.failure : failure('INTERNAL', 'its policy cannot be read');
    }
  }

  /** Rejects with the refusal, or with what `send` rejects with. The place is free again when `send` has settled. */
  async pass<T>(call: GatedCall, send: (terms: CallTerms) => Promise<T>): Promise<T> {
    const leave = await this.#admit(call);
    try {
      return await send(this.#terms(call));
    } finally {
      leave();
    }
  }

  /** What holds back calls of a service just now. */
  load(serviceId: string): CallLoad {
    return this.#known.get(serviceId)?.lanes.load ?? { inFlight: 0, waiting: 0, refused: 0 };
  }

  /** It is gone, and so is what was counted of it. */
  forget(serviceId: string): void {
    this.#known.delete(serviceId);
    this.#policies.forget(serviceId);
  }

  async #admit(call: GatedCall): Promise<ReleaseSlot> {
    const { effective, lanes } = this.#of(call.service);
    const rule = evaluatePolicy(effective.policy, call);
    if (rule !== undefined) return this.#refuse(rule, call);
    const entry = { caller: nameOf(call.caller), now: this.#clock.monotonic(), signal: call.signal };
    const entered = await lanes.enter(call.tool, entry).catch(() => {
      throw new ClarityError('CALL_CANCELLED', '');
    });
    return typeof entered === 'string' ? this.#refuse(entered, call) : entered;
  }

  #of(service: Service): Known {
    const effective = this.#policies.of(service);
    const known = this.#known.get(service.serviceId);
    if (known?.effective === effective) return known;
    const now = this.#clock.monotonic();
    const lanes = known?.lanes ?? new ServiceLimiter();
    lanes.change(effective.policy, now);
    const next = { effective, lanes };
    this.#known.set(service.serviceId, next);
    return next;
  }

  #terms({ service, tool }: GatedCall): CallTerms {
    const bounds = limitsForTool(this.#of(service).effective.policy, tool);
    const times = timeoutsOf(bounds);
    const { callTimeoutMs, maxReplyBytes } = this.#limits;
    return {
      idleMs: times.idleMs,
      totalMs: times.totalMs > 0 ? times.totalMs : callTimeoutMs,
      maxReplyBytes: Math.min(bounds.maxResponseBytes ?? Infinity, maxReplyBytes),
    };
  }

  #refuse(rule: PolicyRule, call: GatedCall): never {
    const { service, caller, tool } = call;
    const { effective, lanes } = this.#of(service);
    const refusal: PolicyDenial = denialFor(rule, call, effective.sources);
    const { message, hint, code, field } = refusal.failure;
    lanes.refused += 1;
    this.#refusals?.count(POLICY_KNOBS[rule].denial.limit);
    this.#audit.log(service.serviceId, `${message}; ${hint}`);
    this.#audit.note({
      kind: 'policy.denied',
      level: 'warn',
      message,
      serviceId: service.serviceId,
      caller,
      data: { tool: toPrintableAscii(tool), rule, hint },
    });
    const subject = message.slice(message.indexOf(': ') + 2);
    throw new ClarityError(code, subject, { hint, ...(field === undefined ? {} : { field }) });
  }
}

const nameOf = ({ kind, id, door }: Caller): string => `${door} ${kind} ${id}`;
