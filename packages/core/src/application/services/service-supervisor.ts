import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import type { StartReason } from '../../domain/services/restart-policy.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { INITIAL_STATUS, type ServiceStatus } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import { SupervisedService } from './supervised-service.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** What is: it starts and stops services, holds their connections and believes only what it has seen in this process. */
export class ServiceSupervisor {
  readonly #services = new Map<string, SupervisedService>();
  readonly #parts: SupervisorDependencies;
  readonly #closing = new AbortController();

  constructor(parts: Omit<SupervisorDependencies, 'closing'>) {
    this.#parts = { ...parts, closing: this.#closing.signal };
  }

  status(serviceId: string): ServiceStatus {
    return this.#services.get(serviceId)?.status ?? INITIAL_STATUS;
  }

  snapshot(serviceId: string): InterfaceSnapshot | undefined {
    return this.#services.get(serviceId)?.snapshot;
  }

  /** The live connection of a running service. What its requests meet is taken for the service's health. */
  connection(serviceId: string): Connection | undefined {
    return this.#services.get(serviceId)?.connection;
  }

  /** Takes over from the record that a service is in quarantine. */
  adopt(serviceId: string): void {
    this.#of(serviceId).adopt();
  }

  /**
   * Resolves when the service runs or its start has failed; the status says which. A running service stays as it is. Refuses
   * with SERVICE_QUARANTINED, SERVICE_DISABLED, SERVICE_NOT_FOUND. A start of the runtime's `own` is tried again by policy.
   */
  start(caller: Caller, serviceId: string, cause: StartReason = 'asked'): Promise<void> {
    return this.#with(serviceId, (service) => service.start(caller, cause));
  }

  stop(caller: Caller, serviceId: string, reason: string): Promise<void> {
    return this.#with(serviceId, (service) => service.stop(caller, reason));
  }

  restart(caller: Caller, serviceId: string): Promise<void> {
    return this.#with(serviceId, (service) => service.restart(caller));
  }

  /** Runs the new record in place of the old, if the old was running. */
  reload(caller: Caller, serviceId: string): Promise<void> {
    return this.#with(serviceId, (service) => service.reload(caller));
  }

  /** Lifts a quarantine. Nothing is started by it. */
  release(caller: Caller, serviceId: string, reason?: string): Promise<void> {
    return this.#with(serviceId, (service) => service.release(caller, reason));
  }

  /** Stops a running service and holds it until an operator lets it go; never rejects. */
  async quarantine(serviceId: string, reason: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.hold(reason, data)
      .catch(() => undefined);
  }

  /** It does not run, and will without anybody asking, or something is done to it just now. */
  isRecovering(serviceId: string): boolean {
    const service = this.#services.get(serviceId);
    if (service === undefined) return false;
    const { lifecycle, retryAt } = service.status;
    if (lifecycle === 'RUNNING' || lifecycle === 'QUARANTINED') return false;
    return !service.isIdle || retryAt !== undefined;
  }

  /** Starts now what would be started in a while, and waits for what is under way. What was stopped stays so; never rejects. */
  async startNow(serviceId: string): Promise<void> {
    await this.#services
      .get(serviceId)
      ?.wake()
      .catch(() => undefined);
  }

  introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot> {
    return this.#with(serviceId, (service) => service.introspect(caller));
  }

  /** Stops a service and forgets it. */
  retire(caller: Caller, serviceId: string, reason: string): Promise<void> {
    return this.#with(serviceId, (service) => service.retire(caller, reason));
  }

  /** Stops every service; none starts any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#services.keys()].map((serviceId) => this.stop(systemCaller, serviceId, 'shutdown')));
  }

  async #with<T>(serviceId: string, act: (service: SupervisedService) => Promise<T>): Promise<T> {
    const service = this.#of(serviceId);
    try {
      return await act(service);
    } finally {
      // Whoever still waits keeps the same queue, so that two never work on one service at once.
      if (service.isIdle && this.#parts.find(serviceId) === undefined) this.#services.delete(serviceId);
    }
  }

  #of(serviceId: string): SupervisedService {
    const found = this.#services.get(serviceId);
    if (found !== undefined) return found;
    const fresh = new SupervisedService(serviceId, this.#parts);
    this.#services.set(serviceId, fresh);
    return fresh;
  }
}
