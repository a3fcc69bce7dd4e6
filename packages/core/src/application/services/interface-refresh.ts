import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { withKnownLists } from './interface-reader.ts';
import type { ClientConnection } from './capability-gated-tools.ts';
import { refreshInterface } from './open-service.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { ServiceState } from './service-state.ts';

/** First and longest interval between two refreshes, in milliseconds. */
const FIRST_GAP_MS = 250;
const MAX_GAP_MS = 30_000;
/** Milliseconds from an announcement to the read, so that a burst of changes is read once, when it has ended. */
const SETTLE_MS = 50;

/** Backoff between two refreshes of an interface; a refresh after a quiet interval waits only for the burst to end. */
export class RefreshPacing {
  #sentAt = -Infinity;
  #gapMs = FIRST_GAP_MS;

  /** Returns the milliseconds to wait at `now` (monotonic). Each refresh that waited doubles the next interval. */
  waitMs(now: number): number {
    const left = this.#sentAt + this.#gapMs - now;
    if (left <= 0) {
      if (-left > this.#gapMs) this.#gapMs = FIRST_GAP_MS;
      return 0;
    }
    return left;
  }

  sent(now: number, hasWaited: boolean): void {
    this.#sentAt = now;
    if (hasWaited) this.#gapMs = Math.min(MAX_GAP_MS, this.#gapMs * 2);
  }
}

/** Reads the interface again when the service announces a change, and records the result. */
export class InterfaceRefresh {
  readonly #state: ServiceState;
  readonly #inBackground: (task: () => Promise<void>) => void;
  readonly #pacing = new RefreshPacing();
  #isDue = false;

  constructor(state: ServiceState, inBackground: (task: () => Promise<void>) => void) {
    this.#state = state;
    this.#inBackground = inBackground;
  }

  /** Schedules a refresh. At most one is pending, so that many notifications cause few requests. */
  schedule(link: ObservedConnection): void {
    if (this.#state.link !== link || this.#isDue) return;
    this.#isDue = true;
    const { clock } = this.#state.dependencies;
    const waitMs = Math.max(SETTLE_MS, this.#pacing.waitMs(clock.monotonic()));
    const refresh = (): void => {
      this.#isDue = false;
      if (this.#state.link !== link) return;
      this.#pacing.sent(clock.monotonic(), waitMs > SETTLE_MS);
      this.#inBackground(() => this.#refresh(link));
    };
    void clock.after(waitMs, link.ended).then(refresh);
  }

  /** Adds the entries that the connection of a client with capabilities shows, and records a change once. */
  async learn(connection: ClientConnection): Promise<void> {
    const { id, dependencies, gated, link, snapshot } = this.#state;
    if (link === undefined || snapshot === undefined) return;
    const learned = await gated.learn(snapshot, dependencies.find(id), connection);
    if (learned.interfaceRevision !== snapshot.interfaceRevision) await this.accept(systemCaller, learned, link);
  }

  async accept(caller: Caller, snapshot: InterfaceSnapshot, link: ObservedConnection): Promise<void> {
    if (!(await this.#state.offer(snapshot, link))) return;
    this.#state.changed();
    const revision = snapshot.interfaceRevision;
    const entry = {
      kind: 'service.interface_refreshed',
      level: 'info',
      message: 'Interface snapshot refreshed',
    } as const;
    await this.#state.record(caller, { ...entry, data: { revision } });
  }

  async #refresh(link: ObservedConnection): Promise<void> {
    if (this.#state.link !== link) return;
    const known = this.#state.snapshot;
    const snapshot = withKnownLists(await refreshInterface(this.#state, link), known);
    const hasChanged = snapshot.interfaceRevision !== known?.interfaceRevision;
    if (hasChanged || JSON.stringify(snapshot.faults) !== JSON.stringify(known.faults)) {
      await this.accept(systemCaller, snapshot, link);
    }
  }
}
