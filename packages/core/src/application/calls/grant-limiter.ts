import { callLimitsOf } from '../../domain/access/decide.ts';
import type { GrantLimits } from '../../domain/access/grant.ts';
import { principalKey } from '../../domain/access/principal-key.ts';
import { toCancellation } from '../../domain/calls/cancellation.ts';
import type { ReleaseSlot } from '../../domain/calls/fair-queue.ts';
import type { PolicyRule } from '../../domain/calls/policy-verdict.ts';
import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { Clock, ToolCall } from '../../ports/index.ts';
import { ConcurrencyLimiter } from './concurrency-limiter.ts';

/** Maximum number of lanes in memory: more than a tenant has tokens. */
const MAX_LANES = 2_048;

/** The rate and the concurrency that the grants and the profile of a caller set, over all services together. */
export class GrantLimiter {
  readonly #clock: Clock;
  readonly #lanes = new Map<string, ConcurrencyLimiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes a call and a place for it. Returns the release of the place, and undefined for a call without limits. Hot path:
   * allocates nothing for such a call. Rejects with QUOTA_EXCEEDED, or CALL_CANCELLED when the signal aborts.
   */
  enter(call: ToolCall): Promise<ReleaseSlot> | undefined {
    const limits = callLimitsOf(call.caller, call.service.namespace, call.tool);
    const ofProfile = call.caller.profile?.view?.profile.spec.limits;
    if (limits === undefined && ofProfile === undefined) return undefined;
    return this.#enterAll(call, limits, ofProfile);
  }

  async #enterAll(
    call: ToolCall,
    limits: GrantLimits | undefined,
    ofProfile: GrantLimits | undefined,
  ): Promise<ReleaseSlot> {
    const release = limits === undefined ? undefined : await this.#enter(call, limits, 'grant');
    if (ofProfile === undefined) return release ?? none;
    try {
      const releaseProfile = await this.#enter(call, ofProfile, `profile ${call.caller.profile?.name ?? ''}`);
      return () => {
        releaseProfile();
        release?.();
      };
    } catch (error) {
      release?.();
      throw error;
    }
  }

  async #enter(call: ToolCall, limits: GrantLimits, source: string): Promise<ReleaseSlot> {
    const now = this.#clock.monotonic();
    const caller = principalKey(call.caller);
    const lane = this.#laneOf(`${caller} ${source} ${JSON.stringify(limits)}`, limits);
    const request = { caller, now, cancellation: toCancellation(call) };
    if (!lane.hasRate(request)) throw exceeded(source, `${String(limits.perMinute)} calls per minute`);
    lane.takeRate(request);
    const entered = await placeOf(lane, request);
    if (typeof entered === 'string') throw exceeded(source, `${String(limits.concurrency)} calls at a time`);
    return entered;
  }

  #laneOf(key: string, { perMinute, burst, concurrency }: GrantLimits): ConcurrencyLimiter {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const rate = perMinute === undefined ? {} : { rate: { perMinute, ...(burst === undefined ? {} : { burst }) } };
    const lane = new ConcurrencyLimiter(
      { ...rate, ...(concurrency === undefined ? {} : { maxConcurrency: concurrency }) },
      this.#clock,
    );
    const [oldest] = this.#lanes.keys();
    if (this.#lanes.size >= MAX_LANES && oldest !== undefined) this.#lanes.delete(oldest);
    this.#lanes.set(key, lane);
    return lane;
  }
}

async function placeOf(
  lane: ConcurrencyLimiter,
  request: Parameters<ConcurrencyLimiter['enter']>[0],
): Promise<ReleaseSlot | PolicyRule> {
  try {
    return await lane.enter(request);
  } catch {
    throw new ClarityError('CALL_CANCELLED', '');
  }
}

const exceeded = (source: string, limit: string): ClarityError =>
  new ClarityError('QUOTA_EXCEEDED', `the ${source} allows ${limit}`);

const none: ReleaseSlot = () => undefined;
