import type { StartReason } from '../../domain/services/restart-policy.ts';
import { originKind, originKinds } from '../../domain/services/origin-kinds.ts';
import type { Service } from '../../domain/services/service.ts';
import { openService } from './open-service.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { ServiceState } from './service-state.ts';

/** Outcome of one start and its duration without the time in the queue. */
export interface StartOutcome {
  readonly type: 'opened' | 'failed' | 'interrupted';
  readonly error?: unknown;
  readonly durationMs: number;
}

/** Shortest interval between two starts that calls cause. */
const MIN_ATTEMPT_GAP_MS = 1_000;

/** The starts of one service, of which at most one is in progress. */
export class ServiceStart {
  readonly #state: ServiceState;
  #opening: ObservedConnection | undefined;
  #calledAt = -Infinity;

  constructor(state: ServiceState) {
    this.#state = state;
  }

  /** Returns whether a call may cause a start now, and counts it: at most one per second. */
  admitCall(): boolean {
    const now = this.#state.dependencies.clock.monotonic();
    if (now - this.#calledAt < MIN_ATTEMPT_GAP_MS) return false;
    this.#calledAt = now;
    return true;
  }

  /**
   * Opens the connection and reads the interface. An automatic start of a child process waits for a slot first. The link is
   * closed unless the outcome is `opened`. Rejects only with WORKSPACE_UNTRUSTED.
   */
  run(service: Service, cause: StartReason, link: ObservedConnection): Promise<StartOutcome> {
    this.#opening = link;
    const isQueued = cause === 'own' && this.#runsCommand(service);
    const open = (): Promise<StartOutcome> => this.#open(service, cause, link);
    return isQueued ? this.#state.dependencies.startSlots.run(open) : open();
  }

  /** Ends the start in progress, so that a waiting operation does not wait for its limits. Returns whether there was one. */
  interrupt(reason: string): boolean {
    const link = this.#opening;
    this.#opening = undefined;
    const { clock, supervision } = this.#state.dependencies;
    void link?.close(reason, clock, supervision.stopLimitMs);
    return link !== undefined;
  }

  async #open(service: Service, cause: StartReason, link: ObservedConnection): Promise<StartOutcome> {
    const { clock, closing, supervision } = this.#state.dependencies;
    if (this.#opening !== link || closing.aborted) return { type: 'interrupted', durationMs: 0 };
    const took = this.#begin(link);
    try {
      const admitted = await this.#state.dependencies.admitted(service);
      await this.#state.offer(await openService(this.#state, admitted, link), link);
      link.ended.throwIfAborted();
      this.#rememberEra(service, link);
      return { type: 'opened', ...took() };
    } catch (error) {
      await link.close('start failed', clock, supervision.stopLimitMs);
      return { type: this.#opening === link ? 'failed' : 'interrupted', error, ...took() };
    } finally {
      if (this.#opening === link) this.#opening = undefined;
    }
  }

  /** @throws ClarityError WORKSPACE_UNTRUSTED */
  #begin(link: ObservedConnection): ReturnType<ServiceState['begin']> {
    try {
      return this.#state.begin();
    } catch (error) {
      if (this.#opening === link) this.#opening = undefined;
      throw error;
    }
  }

  /**
   * Stores the era of a child process, so that a later start is one process without a probe, and the era that a remote service
   * has shown, so that a later start needs no probe. A wrong era is detected and stored again by the start after it.
   */
  #rememberEra(service: Service, { raw: connection }: ObservedConnection): void {
    if (connection === undefined || connection.era === service.era) return;
    if (!this.#runsCommand(service) && connection.isEraProven !== true) return;
    this.#state.dependencies.rememberEra(service.serviceId, connection.era).catch(() => undefined);
  }

  #runsCommand({ manifest: { spec } }: Service): boolean {
    return originKind(spec.origin.type, originKinds(this.#state.dependencies.connectors.values())).runsCommand;
  }
}
