import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { StartReason } from '../../domain/services/restart-policy.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { INITIAL_STATUS, type ServiceStatus } from '../../domain/services/service.ts';
import type { StateTrail } from '../../domain/services/state-trail.ts';
import type { Connection } from '../../ports/index.ts';
import { Slots } from '../support/async.ts';
import type { ClientConnection } from './capability-gated-tools.ts';
import { SupervisedService } from './supervised-service.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** Starts and stops services and owns their connections. Knows only states that it observed in this process. */
export class ServiceSupervisor {
  readonly #services = new Map<string, SupervisedService>();
  readonly #dependencies: SupervisorDependencies;
  readonly #closing = new AbortController();

  constructor(dependencies: Omit<SupervisorDependencies, 'closing'>) {
    this.#dependencies = { ...dependencies, closing: this.#closing.signal };
  }

  status(serviceId: string): ServiceStatus {
    return this.#services.get(serviceId)?.state.status ?? INITIAL_STATUS;
  }

  /** Undefined for a service whose status has not changed in this process. */
  trail(serviceId: string): StateTrail | undefined {
    return this.#services.get(serviceId)?.state.trail;
  }

  /** Returns the lifecycle of a service. Hot path: allocates nothing. */
  lifecycle(serviceId: string): ServiceStatus['lifecycle'] {
    return this.#services.get(serviceId)?.state.condition.lifecycle ?? INITIAL_STATUS.lifecycle;
  }

  snapshot(serviceId: string): InterfaceSnapshot | undefined {
    return this.#services.get(serviceId)?.state.snapshot;
  }

  /** Returns the live connection of a running service. The outcomes of its requests determine the health. */
  connection(serviceId: string): Connection | undefined {
    return this.#services.get(serviceId)?.connection;
  }

  /** Returns whether this process has a state of the service. */
  isKnown(serviceId: string): boolean {
    return this.#services.has(serviceId);
  }

  /** Applies the quarantine of the stored record. */
  adopt(serviceId: string): void {
    this.#of(serviceId).adopt();
  }

  /**
   * Starts a service. Resolves when it runs or its start has failed; the status contains the result.
   * A running service does not change. With cause `own` a failed start is retried by the restart policy.
   * @throws ClarityError SERVICE_QUARANTINED, SERVICE_DISABLED or SERVICE_NOT_FOUND.
   */
  start(caller: Caller, serviceId: string, cause: StartReason = 'asked'): Promise<void> {
    return this.#with(serviceId, (service) => service.start(caller, cause));
  }

  /**
   * Starts a service after a login, or connects a running one again with its new token, without an end of its requests in
   * flight. A stopped or quarantined one stays so.
   */
  async loggedIn(caller: Caller, serviceId: string): Promise<void> {
    const { lifecycle, health } = this.status(serviceId);
    const isStopped = lifecycle === 'STOPPED' && health === 'UNKNOWN';
    if (lifecycle === 'RUNNING') await this.#with(serviceId, (service) => service.restart(caller, { isGentle: true }));
    else if (!isStopped && lifecycle !== 'QUARANTINED') await this.start(caller, serviceId);
  }

  /** Stops a running service until a person logs in. Never rejects. */
  async requireLogin(serviceId: string, reason: string): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.requireLogin(reason)
      .catch(() => undefined);
  }

  stop(caller: Caller, serviceId: string, reason: string): Promise<void> {
    return this.#with(serviceId, (service) => service.stop(caller, reason));
  }

  restart(caller: Caller, serviceId: string): Promise<void> {
    return this.#with(serviceId, (service) => service.restart(caller));
  }

  /** Replaces a running service by one with the new record. */
  reload(caller: Caller, serviceId: string): Promise<void> {
    return this.#with(serviceId, (service) => service.reload(caller));
  }

  /** Lifts a quarantine without starting the service. */
  release(caller: Caller, serviceId: string, reason?: string): Promise<void> {
    return this.#with(serviceId, (service) => service.release(caller, reason));
  }

  /** Stops a running service and quarantines it until an operator releases it. Never rejects. */
  async quarantine(serviceId: string, reason: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.quarantine(reason, data)
      .catch(() => undefined);
  }

  /** Returns true if the service does not run but has a pending operation, or an automatic start is pending or expected. */
  isRecovering(serviceId: string): boolean {
    const service = this.#services.get(serviceId);
    if (service === undefined) return false;
    const { lifecycle, retryAt } = service.state.condition;
    if (lifecycle === 'RUNNING' || lifecycle === 'QUARANTINED' || lifecycle === 'NEEDS_LOGIN') return false;
    return !service.operations.isIdle || retryAt !== undefined || service.operations.isStarting;
  }

  /** Returns true if a start of the service is in progress, or its first start waits for its turn. */
  isStarting(serviceId: string): boolean {
    return this.#services.get(serviceId)?.operations.isStarting === true;
  }

  /** Returns true if the service runs, starts, or is started again by itself. Clients see its interface meanwhile. */
  isOffered(serviceId: string): boolean {
    return this.#services.get(serviceId)?.operations.isOffered === true;
  }

  /** Offers the interface that a service had in an earlier process, until it has started. */
  recall(serviceId: string, snapshot: InterfaceSnapshot): void {
    this.#of(serviceId).recall(snapshot);
  }

  /** Offers a service that `start` is called for soon. */
  expectStart(serviceId: string): void {
    this.#of(serviceId).operations.expectStart();
  }

  /** Starts a service with a pending automatic restart now, after the operations in its queue. Never rejects. */
  async startNow(serviceId: string): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.startNow()
      .catch(() => undefined);
  }

  /** Runs the pending restarts of all services that wait for a cause outside of them, a few at a time. Never rejects. */
  async retryWaiting(): Promise<void> {
    const slots = new Slots(this.#dependencies.supervision.startsAtOnce);
    await Promise.allSettled([...this.#services.values()].map((service) => slots.run(() => service.retryNow())));
  }

  /** Reads what a child process shows only to a client with capabilities, over the connection of one. Never rejects. */
  async learnGated(serviceId: string, connection: ClientConnection): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.learnGated(connection)
      .catch(() => undefined);
  }

  introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot> {
    return this.#with(serviceId, (service) => service.introspect(caller));
  }

  /** Stops a service and deletes its state. */
  retire(caller: Caller, serviceId: string, reason: string): Promise<void> {
    return this.#with(serviceId, (service) => service.retire(caller, reason));
  }

  /** Stops every service and prevents later starts. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#services.keys()].map((serviceId) => this.stop(systemCaller, serviceId, 'shutdown')));
  }

  async #with<T>(serviceId: string, act: (service: SupervisedService) => Promise<T>): Promise<T> {
    const service = this.#of(serviceId);
    try {
      return await act(service);
    } finally {
      // A waiting operation has the same queue, so that two operations never overlap on one service.
      if (service.operations.isIdle && this.#dependencies.find(serviceId) === undefined)
        this.#services.delete(serviceId);
    }
  }

  #of(serviceId: string): SupervisedService {
    const found = this.#services.get(serviceId);
    if (found !== undefined) return found;
    const fresh = new SupervisedService(serviceId, this.#dependencies);
    this.#services.set(serviceId, fresh);
    return fresh;
  }
}
