import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { refreshInterface } from './open-service.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { ServiceState } from './service-state.ts';

/** Milliseconds between two questions at first, and at most. */
const FIRST_GAP_MS = 250;
const MAX_GAP_MS = 30_000;

/** How long a question about what a service offers has to wait: not at all, unless it comes hard on the last one. */
export class RefreshPacing {
  #askedAt = -Infinity;
  #gapMs = FIRST_GAP_MS;

  /** Milliseconds to wait at `now`, monotonic. Each question that had to wait makes the next one wait twice as long. */
  waitMs(now: number): number {
    const left = this.#askedAt + this.#gapMs - now;
    if (left <= 0) {
      if (-left > this.#gapMs) this.#gapMs = FIRST_GAP_MS;
      return 0;
    }
    return left;
  }

  asked(now: number, hasWaited: boolean): void {
    this.#askedAt = now;
    if (hasWaited) this.#gapMs = Math.min(MAX_GAP_MS, this.#gapMs * 2);
  }
}

/** Asks a service again what it offers when it says that this has changed, and tells what came of it. */
export class InterfaceRefresh {
  readonly #state: ServiceState;
  readonly #inBackground: (task: () => Promise<void>) => void;
  readonly #pacing = new RefreshPacing();
  #isDue = false;

  constructor(state: ServiceState, inBackground: (task: () => Promise<void>) => void) {
    this.#state = state;
    this.#inBackground = inBackground;
  }

  /** However often a service says that its offer has changed, one question waits at most, and a storm is asked ever less. */
  soon(link: ObservedConnection): void {
    if (this.#state.link !== link || this.#isDue) return;
    this.#isDue = true;
    const { clock } = this.#state.parts;
    const waitMs = this.#pacing.waitMs(clock.monotonic());
    const ask = (): void => {
      this.#isDue = false;
      if (this.#state.link !== link) return;
      this.#pacing.asked(clock.monotonic(), waitMs > 0);
      this.#inBackground(() => this.#ask(link));
    };
    if (waitMs === 0) ask();
    else void clock.after(waitMs, link.ended).then(ask);
  }

  async offered(caller: Caller, snapshot: InterfaceSnapshot): Promise<void> {
    this.#state.snapshot = snapshot;
    this.#state.changed();
    const revision = snapshot.interfaceRevision;
    const told = {
      kind: 'service.interface_refreshed',
      level: 'info',
      message: 'Interface snapshot refreshed',
    } as const;
    await this.#state.tell(caller, { ...told, data: { revision } });
  }

  async #ask(link: ObservedConnection): Promise<void> {
    if (this.#state.link !== link) return;
    const snapshot = await refreshInterface(this.#state, link, false);
    if (snapshot.interfaceRevision !== this.#state.snapshot?.interfaceRevision) {
      await this.offered(systemCaller, snapshot);
    }
  }
}
