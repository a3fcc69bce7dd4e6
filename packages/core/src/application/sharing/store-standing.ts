import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import { isStoreError } from '../../domain/errors/store-error.ts';
import type { Clock, Lease, Leases, PeerName, Peers } from '../../ports/index.ts';

/** Dependencies of `StoreStanding`. */
export interface StoreStandingOptions {
  readonly leases: Leases;
  readonly peers: Peers;
  readonly clock: Clock;
  /** Id of this runtime: the name of its lease is `node/<id>`. */
  readonly id: string;
  /** Duration of the leases in milliseconds. */
  readonly ttlMs: number;
}

const PREFIX = 'node/';
/** A store that is slower counts as one that is not reached. */
const SLOW_MS = 750;

/**
 * Whether this daemon and the others reach their store. The daemons know each other by the leases `node/<id>`. When the store
 * is away for all of them, none can take a lease, so that owners go on.
 */
export class StoreStanding implements AsyncDisposable {
  readonly #options: StoreStandingOptions;
  readonly #closed = new AbortController();
  /** Daemons by the name of their lease. A lease that ended stays for one duration: its holder may only be cut off. */
  readonly #nodes = new Map<string, { readonly peer: PeerName; endedAt?: number }>();
  #lease: Lease | undefined;
  #renewing: Promise<boolean> | undefined;
  /** This daemon has promised to take no expired lease until one duration after the store is back. */
  #hasPromised = false;
  #backAt: number | undefined;

  constructor(options: StoreStandingOptions) {
    this.#options = options;
    void this.#stay();
    void this.#follow();
  }

  /** Whether this daemon may take a lease that another one has let expire. */
  mayTake(): boolean {
    if (!this.#hasPromised) return true;
    const { clock, ttlMs } = this.#options;
    if (this.#backAt === undefined || clock.monotonic() - this.#backAt < ttlMs) return false;
    this.#hasPromised = false;
    return true;
  }

  /** The other daemons, also those whose lease ended less than one duration ago. */
  get others(): readonly PeerName[] {
    const { clock, id, ttlMs } = this.#options;
    const now = clock.monotonic();
    for (const [name, { endedAt = now }] of this.#nodes) {
      // Without the store this daemon would not see that the other one is back.
      const countedFrom = Math.max(endedAt, this.#backAt ?? now);
      if (now - countedFrom >= ttlMs) this.#nodes.delete(name);
    }
    return [...this.#nodes].flatMap(([name, { peer }]) => (name === PREFIX + id ? [] : [peer]));
  }

  /** Returns whether the store answers now. After `false` this daemon keeps the promise of `PeerStanding`. Never rejects. */
  async reachesStore(): Promise<boolean> {
    const slow = this.#options.clock.after(SLOW_MS, this.#closed.signal).then(() => false);
    if (await Promise.race([this.#renew(), slow])) return true;
    this.#hasPromised = true;
    this.#backAt = undefined;
    return false;
  }

  /** Returns true if no other daemon reaches the store, and all of them have promised. Never rejects. */
  async areOthersAway(): Promise<boolean> {
    const answers = await Promise.all(this.others.map((peer) => this.#options.peers.standing(peer)));
    return answers.every((standing) => standing === 'away' || standing === 'gone');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#lease?.release();
  }

  /** Keeps the lease of this daemon. */
  async #stay(): Promise<void> {
    const { clock, ttlMs } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      await this.#renew();
      await clock.after(ttlMs / 3, signal);
    }
  }

  /** Renews the lease, or takes it again. Returns whether the store answered. */
  #renew(): Promise<boolean> {
    this.#renewing ??= this.#reach().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #reach(): Promise<boolean> {
    const { leases, id, ttlMs } = this.#options;
    try {
      const isLost = await this.#lease?.renew().then(
        () => false,
        (error: unknown) => {
          if (isStoreError(error) && error.kind === 'fenced') return true;
          throw error;
        },
      );
      if (isLost !== false) {
        const taken = await leases.acquire(DEFAULT_TENANT, PREFIX + id, { ttlMs, signal: this.#closed.signal });
        this.#lease = taken.held ? taken : undefined;
      }
      this.#backAt ??= this.#options.clock.monotonic();
      return true;
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#backAt = undefined;
      return false;
    }
  }

  async #follow(): Promise<void> {
    const { leases, clock, ttlMs } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        for await (const change of leases.watch(PREFIX, 'snapshot', signal)) {
          if (change.type === 'put') this.#nodes.set(change.item.value.name, { peer: change.item.value.by });
          const ended = change.type === 'remove' ? this.#nodes.get(change.id) : undefined;
          if (ended !== undefined) ended.endedAt = clock.monotonic();
        }
      } catch (error) {
        if (!isStoreError(error)) throw error;
      }
      await clock.after(ttlMs / 3, signal);
    }
  }
}
