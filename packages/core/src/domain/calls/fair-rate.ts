import { RateLimit, type Rate } from './rate-limit.ts';

/** Time after its last call for which a caller counts as active. */
const ACTIVE_MS = 60_000;
const MAX_CALLER_COUNT = 256;

interface Share {
  readonly limit: RateLimit;
  seenAt: number;
  parts: number;
}

/**
 * The rate of a service that its callers share. One active caller has all of it. Several have equal parts each, so that a
 * caller that uses its part does not take that of another. `now` is in monotonic milliseconds.
 */
export class FairRate {
  readonly #total: RateLimit;
  readonly #shares = new Map<string, Share>();
  #rate: Rate;
  #checkedAt = 0;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#total = new RateLimit(rate, now);
  }

  /** Returns whether a call of the caller may start, without taking a token. */
  has(caller: string, now: number): boolean {
    const share = this.#shareOf(caller, now);
    return this.#total.has(now) && (this.#shares.size === 1 || share.limit.has(now));
  }

  take(caller: string, now: number): void {
    this.#total.take(now);
    this.#shareOf(caller, now).limit.take(now);
  }

  /** Changes the rate; the used tokens stay used. */
  change(rate: Rate, now: number): void {
    this.#rate = rate;
    this.#total.change(rate, now);
    for (const share of this.#shares.values()) share.parts = 0;
  }

  #shareOf(caller: string, now: number): Share {
    this.#forgetIdle(now);
    let share = this.#shares.get(caller);
    if (share === undefined) {
      share = { limit: new RateLimit(this.#rate, now), seenAt: now, parts: 0 };
      if (this.#shares.size < MAX_CALLER_COUNT) this.#shares.set(caller, share);
    }
    share.seenAt = now;
    const parts = Math.max(1, this.#shares.size);
    if (share.parts !== parts) {
      share.parts = parts;
      share.limit.change(partOf(this.#rate, parts), now);
    }
    return share;
  }

  #forgetIdle(now: number): void {
    if (this.#shares.size < 2 || now - this.#checkedAt < 1_000) return;
    this.#checkedAt = now;
    for (const [caller, { seenAt }] of this.#shares) if (now - seenAt > ACTIVE_MS) this.#shares.delete(caller);
  }
}

const partOf = ({ perMinute, burst = perMinute }: Rate, parts: number): Rate => ({
  perMinute: perMinute / parts,
  burst: Math.max(1, burst / parts),
});
