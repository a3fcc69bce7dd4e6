import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { StartReason } from '../../domain/services/restart-policy.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import { InterfaceRefresh } from './interface-refresh.ts';
import { refreshInterface, openService, startableService } from './open-service.ts';
import { RestartController } from './restart-controller.ts';
import { serviceLimits } from '../support/service-limits.ts';
import { SerialQueue } from '../support/async.ts';
import { ObservedConnection } from './service-connection.ts';
import { ServiceState } from './service-state.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** One service with its connection. Its operations run one after another. */
export class SupervisedService {
  readonly #parts: SupervisorDependencies;
  readonly #state: ServiceState;
  readonly #revival: RestartController;
  readonly #queue = new SerialQueue();
  readonly #refresh: InterfaceRefresh;

  constructor(serviceId: string, parts: SupervisorDependencies) {
    this.#parts = parts;
    this.#state = new ServiceState(serviceId, parts);
    this.#revival = new RestartController(this.#state, (signal) => {
      this.#inBackground(() => this.#revive(signal));
    });
    this.#refresh = new InterfaceRefresh(this.#state, (task) => {
      this.#inBackground(task);
    });
  }

  get status(): ServiceStatus {
    return this.#state.status;
  }

  get snapshot(): InterfaceSnapshot | undefined {
    return this.#state.snapshot;
  }

  /** Undefined unless the service runs. */
  get connection(): Connection | undefined {
    return this.#state.link?.connection;
  }

  /** True without a running or waiting operation. */
  get isIdle(): boolean {
    return this.#queue.isIdle;
  }

  start(caller: Caller, cause: StartReason): Promise<void> {
    return this.#queue.run(async () => {
      const service = startableService(this.#state);
      this.#revival.cancel();
      if (!this.#state.isRunning) await this.#start(caller, service, cause);
    });
  }

  /** Stops the service; a quarantine remains. */
  stop(caller: Caller, reason: string): Promise<void> {
    return this.#queue.run(() => this.#stop(caller, reason));
  }

  restart(caller: Caller): Promise<void> {
    return this.#queue.run(async () => {
      const service = startableService(this.#state);
      await this.#stop(caller, 'restarted');
      await this.#startAgain(caller, service, 'asked');
    });
  }

  /** Applies a changed record: a running service restarts from it, unless the record is disabled or quarantined. */
  reload(caller: Caller): Promise<void> {
    return this.#queue.run(async () => {
      const wasRunning = this.#state.isRunning;
      if (wasRunning) await this.#stop(caller, 'replaced');
      this.#state.further.forget();
      this.adopt();
      const service = this.#parts.find(this.#state.id);
      const mayRun = service?.manifest.spec.enabled === true && service.hold === undefined;
      if (wasRunning && mayRun) await this.#start(caller, service, 'asked');
    });
  }

  /** Stops a service whose calls keep failing and quarantines it until an operator releases it. */
  hold(reason: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#queue.run(async () => {
      const { id, status } = this.#state;
      if (!['RUNNING', 'CRASHED'].includes(status.lifecycle) || this.#parts.find(id) === undefined) return;
      await this.#stop(systemCaller, 'quarantined');
      await this.#revival.hold(reason, data);
    });
  }

  /** Applies the quarantine of the stored record. */
  adopt(): void {
    const hold = this.#parts.find(this.#state.id)?.hold;
    if (hold !== undefined) this.#state.apply({ type: 'held', reason: hold.reason });
  }

  /** Lifts the quarantine after the store has deleted it, and clears the failure count. */
  release(caller: Caller, reason: string | undefined): Promise<void> {
    return this.#queue.run(async () => {
      const { id } = this.#state;
      if (this.#parts.find(id) === undefined) throw new ClarityError('SERVICE_NOT_FOUND', id);
      await this.#parts.holds.release(caller, id);
      this.#revival.forget();
      if (this.#state.status.lifecycle !== 'QUARANTINED') return;
      this.#state.apply({ type: 'released' });
      this.#state.changed();
      await this.#state.commit(caller, {
        kind: 'service.unquarantined',
        level: 'info',
        message: 'Service released from quarantine',
        ...(reason === undefined ? {} : { data: { reason } }),
      });
    });
  }

  /** Runs a pending restart of a crashed service now. Resolves when the queue reaches its end. */
  wake(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#state.status.lifecycle !== 'CRASHED' || !this.#revival.isPending) return;
      await this.#revive(new AbortController().signal);
    });
  }

  introspect(caller: Caller): Promise<InterfaceSnapshot> {
    return this.#queue.run(async () => {
      const { id, link } = this.#state;
      if (link === undefined) throw new ClarityError('SERVICE_STOPPED', id);
      const snapshot = await refreshInterface(this.#state, link, true);
      await this.#refresh.offered(caller, snapshot);
      return snapshot;
    });
  }

  /** Stops the service and deletes its state. */
  retire(caller: Caller, reason: string): Promise<void> {
    return this.#queue.run(async () => {
      this.#parts.holds.forget(this.#state.id);
      await this.#stop(caller, reason);
      this.#revival.forget();
      this.#state.reset();
      this.#state.changed();
    });
  }

  async #start(caller: Caller, service: Service, cause: StartReason): Promise<void> {
    const { clock, connectors, probe, supervision } = this.#parts;
    const took = this.#state.stopwatch();
    this.#state.apply({ type: 'starting' });
    const link = this.#newLink();
    try {
      this.#state.snapshot = await openService(this.#state, { service, anew: cause !== 'own' }, link);
      link.ended.throwIfAborted();
    } catch (error) {
      await link.close('start failed', clock, supervision.stopLimitMs);
      await this.#revival.startFailed(caller, cause, { error, ...took() });
      return;
    }
    this.#state.link = link;
    this.#state.apply({ type: 'started', at: clock.monotonic(), heartbeat: clock.wall().toISOString() });
    this.#revival.started();
    this.#state.changed();
    if (link.raw !== undefined) {
      void probe.watch(link.raw, link.ended, {
        resolveLimits: (requested) => serviceLimits(connectors, service, requested),
        report: (error) => {
          this.#answered(link, error);
        },
      });
    }
    await this.#state.tellDone(caller, 'started', took());
  }

  async #startAgain(caller: Caller, service: Service, cause: StartReason): Promise<void> {
    this.#state.apply({ type: 'restart-counted' });
    await this.#start(caller, service, cause);
    if (!this.#state.isRunning) return;
    await this.#state.tellDone(caller, 'restarted');
  }

  async #revive(signal: AbortSignal): Promise<void> {
    const service = this.#parts.find(this.#state.id);
    if (signal.aborted || this.#parts.closing.aborted || service?.manifest.spec.enabled !== true) return;
    this.#revival.cancel();
    await this.#startAgain(systemCaller, service, 'own');
  }

  async #stop(caller: Caller, reason: string): Promise<void> {
    const { audit, clock, supervision } = this.#parts;
    const { id, link } = this.#state;
    const took = this.#state.stopwatch();
    const isWanted = link !== undefined || this.#revival.isPending;
    this.#revival.cancel();
    this.#state.apply({ type: 'stopping' });
    this.#state.link = undefined;
    const error = await link?.close(reason, clock, supervision.stopLimitMs);
    if (error !== undefined) audit.log(id, `Close failed: ${reasonOf(error)}`);
    this.#state.apply({ type: 'stopped' });
    if (!isWanted) return;
    this.#state.changed();
    await this.#state.tellDone(caller, 'stopped', took());
  }

  #newLink(): ObservedConnection {
    const link: ObservedConnection = new ObservedConnection({
      changed: () => {
        this.#refresh.soon(link);
      },
      log: (line) => {
        this.#parts.audit.log(this.#state.id, line);
      },
      lost: (why) => {
        this.#lost(link, why);
      },
      answered: (error) => {
        this.#answered(link, error);
      },
    });
    return link;
  }

  #answered(link: ObservedConnection, error: unknown): void {
    const { health } = this.#state.status;
    this.#state.answered(link, error);
    // The service was unreachable: another program may run there now.
    if (error === undefined && (health === 'UNREACHABLE' || health === 'DEGRADED')) this.#refresh.soon(link);
  }

  #lost(link: ObservedConnection, why: string): void {
    const { clock, supervision } = this.#parts;
    // A connection lost during the start makes the start fail.
    if (this.#state.link !== link) return;
    this.#state.link = undefined;
    void link.close('lost', clock, supervision.stopLimitMs);
    this.#revival.crashed(why);
    this.#inBackground(async () => {
      if (this.#state.status.lifecycle === 'CRASHED') await this.#revival.judge('own');
    });
  }

  #inBackground(task: () => Promise<void>): void {
    this.#queue.run(task).catch((error: unknown) => {
      this.#parts.audit.log(this.#state.id, `Operation failed: ${reasonOf(error)}`);
    });
  }
}
