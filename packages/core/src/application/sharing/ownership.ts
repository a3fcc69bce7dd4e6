import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type { Clock, Lease, Leases, PeerName } from '../../ports/index.ts';
import type { StoreStanding } from './store-standing.ts';

/** Dependencies of `Ownership`. */
export interface OwnershipOptions {
  readonly leases: Leases;
  readonly standing: Pick<StoreStanding, 'areOthersAway' | 'mayTake' | 'others'>;
  readonly clock: Clock;
  /** Duration of the lease in milliseconds. */
  readonly ttlMs: number;
}

/** Another daemon owns the service. */
export interface OwnedElsewhere {
  readonly by: PeerName;
  readonly retryAfterMs: number;
}

/** Milliseconds after which a renewal without an answer makes the owner ask the other daemons. */
const SLOW_MS = 500;

/**
 * The right of this daemon to run the process of a service: the lease `own/<serviceId>`, renewed at a third of its duration. It
 * ends by the clock of this daemon 2/3 of the duration after the start of the last renewal, without any answer. While
 * no daemon reaches the store it goes on: every other one has promised to take nothing until one duration after its return.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  readonly #name: string;
  readonly #ended = new AbortController();
  #lease: Lease;
  #validUntil: number;

  private constructor(options: OwnershipOptions, lease: Lease, startedAt: number) {
    this.#options = options;
    this.#name = lease.name;
    this.#lease = lease;
    this.#validUntil = this.#end(startedAt);
    void this.#keep();
    void this.#watchTime();
  }

  /** Takes the ownership of a service, unless another daemon has it. @throws StoreError */
  static async take(
    options: OwnershipOptions,
    serviceId: string,
    signal: AbortSignal,
  ): Promise<Ownership | OwnedElsewhere> {
    const { leases, standing, clock, ttlMs } = options;
    if (!standing.mayTake()) return { by: '', retryAfterMs: ttlMs / 6 };
    const startedAt = clock.monotonic();
    const lease = await leases.acquire(DEFAULT_TENANT, `own/${serviceId}`, { ttlMs, signal });
    // This daemon may have promised to take nothing while the request was on its way.
    if (lease.held && !standing.mayTake()) {
      await lease.release();
      return { by: '', retryAfterMs: ttlMs / 6 };
    }
    return lease.held ? new Ownership(options, lease, startedAt) : { by: lease.by, retryAfterMs: lease.retryAfterMs };
  }

  /** Checked before each message to the process: timers of a daemon that was paused run later than its input. */
  get isValid(): boolean {
    if (this.#ended.signal.aborted) return false;
    if (this.#options.clock.monotonic() < this.#validUntil) return true;
    this.#ended.abort();
    return false;
  }

  /** Aborts at the end, also at that by `release`. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Ends the ownership, so that another daemon can take it at once. Never rejects. */
  async release(): Promise<void> {
    this.#ended.abort();
    await this.#lease.release();
  }

  #end(startedAt: number): number {
    return startedAt + (this.#options.ttlMs * 2) / 3;
  }

  async #watchTime(): Promise<void> {
    const { clock } = this.#options;
    while (this.isValid) await clock.after(this.#validUntil - clock.monotonic(), this.#ended.signal);
  }

  async #keep(): Promise<void> {
    const { clock, ttlMs } = this.#options;
    const { signal } = this.#ended;
    let pauseMs = ttlMs / 3;
    for (;;) {
      await clock.after(pauseMs, signal);
      if (!this.isValid) return;
      const startedAt = clock.monotonic();
      const renewal = this.#renew(startedAt);
      const slow = clock.after(SLOW_MS, signal).then(() => 'unknown' as const);
      const first = await Promise.race([renewal, slow]);
      if (first === 'unknown' && !signal.aborted) await this.#askOthers();
      const isRenewed = (await renewal) === 'held';
      pauseMs = isRenewed ? ttlMs / 3 : ttlMs / 12;
    }
  }

  async #askOthers(): Promise<void> {
    const askedAt = this.#options.clock.monotonic();
    if (!(await this.#options.standing.areOthersAway()) || !this.isValid) return;
    this.#validUntil = Math.max(this.#validUntil, this.#end(askedAt));
  }

  /** Renews the lease; after an outage, in which it has expired, takes it again. `unknown`: the store did not answer. */
  async #renew(startedAt: number): Promise<'held' | 'lost' | 'unknown'> {
    const { leases, ttlMs } = this.#options;
    try {
      try {
        await this.#lease.renew();
      } catch (error) {
        if (!isStoreError(error) || error.kind !== 'fenced') throw error;
        if (!this.isValid) return 'lost';
        const taken = await leases.acquire(DEFAULT_TENANT, this.#name, { ttlMs, signal: this.#ended.signal });
        if (!taken.held) {
          this.#ended.abort();
          return 'lost';
        }
        this.#lease = taken;
        if (this.#ended.signal.aborted) await taken.release();
      }
    } catch (error) {
      if (!isStoreError(error)) throw error;
      return 'unknown';
    }
    this.#validUntil = Math.max(this.#validUntil, this.#end(startedAt));
    return 'held';
  }
}
