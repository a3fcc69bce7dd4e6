import { ManualClock, MemoryLeases } from '@clarity-runtime/core/memory';
import type { Clock, Lease, LeaseRequest, Leases, Peers, TenantId } from '@clarity-runtime/core/ports';
import { StoreError } from '@clarity-runtime/core';
import { Ownership } from '../../src/application/sharing/ownership.ts';
import { StoreStanding } from '../../src/application/sharing/store-standing.ts';

export const TTL_MS = 6_000;
export const STEP_MS = 250;

/** The clock of a process that can be paused: the time goes on, and its timers run after the pause. */
class PausableClock implements Clock {
  readonly #clock: ManualClock;
  #resumed: Promise<void> = Promise.resolve();
  #resume = (): void => undefined;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  pause(): void {
    this.#resume();
    this.#resumed = new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume();
  }

  wall(): Date {
    return this.#clock.wall();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  async after(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.after(ms, signal);
    await this.#resumed;
  }
}

/** A daemon with its link to the store, and to the others. */
export class Daemon {
  readonly name: string;
  readonly clock: PausableClock;
  readonly standing: StoreStanding;
  readonly leases: Leases;
  isAway = false;
  isPaused = false;
  /** Milliseconds that a request for a lease is on its way. */
  delayMs = 0;
  ownership: Ownership | undefined;

  constructor(
    name: string,
    { store, clock, all }: { store: MemoryLeases; clock: ManualClock; all: Map<string, Daemon> },
  ) {
    this.name = name;
    this.clock = new PausableClock(clock);
    this.leases = this.#cuttable(store.handle(name));
    const peers: Pick<Peers, 'standing'> = {
      standing: async (peer) => {
        const other = all.get(peer);
        if (other === undefined || other.isPaused) return 'silent';
        return (await other.standing.reachesStore()) ? 'reached' : 'away';
      },
    };
    this.standing = new StoreStanding({
      leases: this.leases,
      peers: peers as Peers,
      clock: this.clock,
      id: name,
      ttlMs: TTL_MS,
    });
    all.set(name, this);
  }

  get owns(): boolean {
    return this.ownership?.isValid === true;
  }

  async take(): Promise<void> {
    if (this.isPaused || this.owns) return;
    const { leases, standing, clock } = this;
    const options = { leases, standing, clock, ttlMs: TTL_MS };
    const taken = await Ownership.take(options, 's', new AbortController().signal).catch(() => undefined);
    if (taken instanceof Ownership) this.ownership = taken;
  }

  #cuttable(leases: MemoryLeases): Leases {
    const reached = (): void => {
      if (this.isAway) throw new StoreError('unavailable', 'no store');
    };
    return {
      capabilities: leases.capabilities,
      acquire: async (tenant: TenantId, name: string, request: LeaseRequest) => {
        reached();
        await this.clock.after(this.delayMs, request.signal);
        const lease = await leases.acquire(tenant, name, request);
        return lease.held ? this.#cuttableLease(lease, reached) : lease;
      },
      watch: (prefix, from, signal) => leases.watch(prefix, from, signal),
      [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose](),
    };
  }

  #cuttableLease(lease: Lease, reached: () => void): Lease {
    const renew = async (): Promise<void> => {
      reached();
      await lease.renew();
    };
    return { ...lease, renew, release: () => (this.isAway ? Promise.resolve() : lease.release()) };
  }
}

/** Daemons of one store that know each other. */
export class Cluster {
  readonly clock = new ManualClock();
  readonly daemons: readonly Daemon[];

  constructor(count: number) {
    const store = new MemoryLeases({ clock: this.clock });
    const all = new Map<string, Daemon>();
    this.daemons = Array.from(
      { length: count },
      (_, index) => new Daemon(`d${String(index)}`, { store, clock: this.clock, all }),
    );
  }

  get owners(): readonly string[] {
    return this.daemons.filter(({ owns }) => owns).map(({ name }) => name);
  }

  /** Moves the time, and calls `check` after each step of it. */
  async pass(ms: number, check: () => void = () => undefined): Promise<void> {
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.clock.advance(Math.min(left, STEP_MS));
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      check();
    }
  }

  async end(): Promise<void> {
    for (const { clock, standing, ownership } of this.daemons) {
      clock.resume();
      await ownership?.release();
      await standing[Symbol.asyncDispose]();
    }
    await this.pass(STEP_MS);
  }
}

/** Returns one daemon of a cluster. */
export const at = (cluster: Cluster, index: number): Daemon => {
  const found = cluster.daemons[index];
  if (found === undefined) throw new RangeError(String(index));
  return found;
};
