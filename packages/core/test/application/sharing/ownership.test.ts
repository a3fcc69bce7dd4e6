import { expect, test } from '@jest/globals';
import { ManualClock, MemoryLeases } from '@clarity-runtime/core/memory';
import type { Clock, Lease, LeaseRequest, Leases, Peers, TenantId } from '@clarity-runtime/core/ports';
import { StoreError } from '@clarity-runtime/core';
import fc from 'fast-check';
import { runs } from '../../../../../test/support/runs.ts';
import { Ownership } from '../../../src/application/sharing/ownership.ts';
import { StoreStanding } from '../../../src/application/sharing/store-standing.ts';

const TTL_MS = 6_000;
const STEP_MS = 250;

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
class Daemon {
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

class Cluster {
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

const [one, two] = [0, 1] as const;
const at = (cluster: Cluster, index: number): Daemon => {
  const found = cluster.daemons[index];
  if (found === undefined) throw new RangeError(String(index));
  return found;
};

test('an owner that is paused has lost the ownership before any of its timers runs, and another one takes over', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [paused, other] = [at(cluster, one), at(cluster, two)];
  await paused.take();
  await cluster.pass(10_000);
  expect(cluster.owners).toEqual(['d0']);
  paused.clock.pause();
  paused.isPaused = true;
  await cluster.pass(TTL_MS);
  await other.take();
  expect([paused.owns, other.owns]).toEqual([false, true]);
  paused.clock.resume();
  paused.isPaused = false;
  await cluster.pass(TTL_MS);
  expect(cluster.owners).toEqual(['d1']);
  await cluster.end();
});

test('an owner that alone is cut off from the store stops before another one can take over', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  await at(cluster, one).take();
  at(cluster, one).isAway = true;
  await cluster.pass(TTL_MS - STEP_MS);
  expect(cluster.owners).toEqual([]);
  await cluster.pass(2 * STEP_MS);
  await at(cluster, two).take();
  expect(cluster.owners).toEqual(['d1']);
  await cluster.end();
});

test('while no daemon reaches the store the owner goes on, and it is still the owner afterwards', async () => {
  const cluster = new Cluster(3);
  await cluster.pass(STEP_MS);
  await at(cluster, one).take();
  for (const daemon of cluster.daemons) daemon.isAway = true;
  await cluster.pass(60_000, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  // The others are back first: they keep their promise.
  for (const daemon of cluster.daemons.slice(1)) daemon.isAway = false;
  await at(cluster, two).take();
  expect(cluster.owners).toEqual(['d0']);
  at(cluster, one).isAway = false;
  await cluster.pass(10_000, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  await cluster.end();
});

test('a lease that was on its way while its daemon promised to take none is given back', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [owner, other] = [at(cluster, one), at(cluster, two)];
  await owner.take();
  owner.isAway = true;
  await cluster.pass(3_250);
  // The request of the other daemon is on its way when its link breaks, and arrives after the lease has expired.
  other.delayMs = 3_000;
  const taking = other.take();
  other.isAway = true;
  await cluster.pass(2 * TTL_MS, () => {
    expect(cluster.owners).toEqual(['d0']);
  });
  await taking;
  expect(other.owns).toBe(false);
  await cluster.end();
});

test('a daemon that is seen as ended is asked for as long as the store could not show that it is back', async () => {
  const cluster = new Cluster(2);
  await cluster.pass(STEP_MS);
  const [asking, back] = [at(cluster, one), at(cluster, two)];
  back.isPaused = true;
  back.clock.pause();
  await cluster.pass(TTL_MS + STEP_MS);
  asking.isAway = true;
  await cluster.pass(3 * TTL_MS);
  expect(asking.standing.others).toEqual(['d1']);
  asking.isAway = false;
  await cluster.pass(2 * TTL_MS);
  expect(asking.standing.others).toEqual([]);
  await cluster.end();
});

type Act = readonly [act: 'take' | 'release' | 'pause' | 'cut' | 'slow', daemon: number, passMs: number];

test('law: whatever is paused and cut off, at most one daemon has the ownership at any time', async () => {
  const act = fc.tuple(
    fc.constantFrom<Act[0]>('take', 'take', 'release', 'pause', 'cut', 'slow'),
    fc.nat(2),
    fc.constantFrom(0, 500, 2_000, 4_500, 7_000),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 30 }), async (acts: readonly Act[]) => {
      const cluster = new Cluster(3);
      const check = (): void => {
        expect(cluster.owners.length).toBeLessThanOrEqual(1);
      };
      // The daemons know each other before the first outage.
      await cluster.pass(STEP_MS);
      for (const [what, index, passMs] of acts) {
        const daemon = at(cluster, index);
        if (what === 'take') void daemon.take();
        else if (what === 'slow') daemon.delayMs = daemon.delayMs === 0 ? 2_000 : 0;
        else if (what === 'release') await daemon.ownership?.release();
        else if (what === 'cut') daemon.isAway = !daemon.isAway;
        else {
          daemon.isPaused = !daemon.isPaused;
          if (daemon.isPaused) daemon.clock.pause();
          else daemon.clock.resume();
        }
        check();
        await cluster.pass(passMs, check);
      }
      await cluster.end();
    }),
    { numRuns: runs(40) },
  );
});
