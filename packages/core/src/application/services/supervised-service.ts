import { systemCaller, type Caller } from '../../domain/access/caller.ts';
import { ClarityError, reasonOf } from '../../domain/errors/clarity-error.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { LossCause, StartReason } from '../../domain/services/restart-policy.ts';
import type { Service } from '../../domain/services/service.ts';
import type { Connection } from '../../ports/index.ts';
import { InterfaceRefresh } from './interface-refresh.ts';
import {
  adoptHold,
  endLeftovers,
  refreshInterface,
  replaceConnection,
  startableService,
  startedNow,
  watchHealth,
} from './open-service.ts';
import { RestartController } from './restart-controller.ts';
import type { ObservedConnection } from './service-connection.ts';
import { OperationQueue } from './operation-queue.ts';
import { ServiceStart } from './service-start.ts';
import { ServiceState } from './service-state.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** One service with its connection. Its operations run one after another. */
export class SupervisedService {
  readonly #dependencies: SupervisorDependencies;
  readonly #state: ServiceState;
  readonly #restarts: RestartController;
  readonly operations: OperationQueue;
  readonly #refresh: InterfaceRefresh;
  readonly #starting: ServiceStart;

  constructor(serviceId: string, dependencies: SupervisorDependencies) {
    this.#dependencies = dependencies;
    this.#state = new ServiceState(serviceId, dependencies);
    this.#restarts = new RestartController(this.#state, (signal) => {
      this.operations.startInBackground(() => this.#runRestart(signal));
    });
    this.operations = new OperationQueue(this.#state, () => this.#restarts.isPending);
    this.#starting = new ServiceStart(this.#state);
    this.#refresh = new InterfaceRefresh(this.#state, (task) => {
      this.operations.inBackground(task);
    });
  }

  /** The present state, for readers. */
  get state(): Pick<ServiceState, 'status' | 'condition' | 'trail' | 'snapshot'> {
    return this.#state;
  }

  get connection(): Connection | undefined {
    return this.#state.link?.connection;
  }

  start(caller: Caller, cause: StartReason): Promise<void> {
    return this.operations.start(async () => {
      const service = startableService(this.#state);
      this.#restarts.cancel();
      if (!this.#state.isRunning) await this.#start(caller, service, cause);
    });
  }

  /** Stops the service and ends a start in progress; a quarantine remains. */
  stop(caller: Caller, reason: string): Promise<void> {
    this.#starting.interrupt(reason);
    return this.operations.run(() => this.#stop(caller, reason));
  }

  /** With `isGentle`, requests in flight end on the former connection while a second one opens. */
  restart(caller: Caller, { isGentle = false } = {}): Promise<void> {
    this.#starting.interrupt('restarted');
    return this.operations.start(async () => {
      const [state, service] = [this.#state, startableService(this.#state)];
      if (isGentle && (await replaceConnection(state, service, this.#newLink(), this.#answered.bind(this)))) return;
      await this.#stop(caller, 'restarted');
      await this.#startAgain(caller, service, 'asked');
    });
  }

  /** Applies a changed record: a running service restarts from it, unless the record is disabled or quarantined. */
  reload(caller: Caller): Promise<void> {
    const isAgain = this.operations.isOffered;
    const wasStarting = this.#starting.interrupt('replaced');
    const run = (task: () => Promise<void>) => (isAgain ? this.operations.start(task) : this.operations.run(task));
    return run(async () => {
      const wasRunning = wasStarting || this.#state.isRunning;
      if (wasRunning) await this.#stop(caller, 'replaced');
      this.#state.gated.forget();
      this.adopt();
      const service = this.#dependencies.find(this.#state.id);
      const mayRun = service?.manifest.spec.enabled === true && service.hold === undefined;
      if (wasRunning && mayRun) await this.#start(caller, service, 'asked');
    });
  }

  /** Stops a service whose calls keep failing and quarantines it until an operator releases it. */
  quarantine(reason: string, data: Readonly<Record<string, unknown>>): Promise<void> {
    return this.operations.run(async () => {
      const { id, status } = this.#state;
      if (!['RUNNING', 'CRASHED'].includes(status.lifecycle) || this.#dependencies.find(id) === undefined) return;
      await this.#stop(systemCaller, 'quarantined');
      await this.#restarts.quarantine(reason, data);
    });
  }

  /** Stops a running service whose login has ended. Its interface stays listed. */
  requireLogin(reason: string): Promise<void> {
    return this.operations.run(async () => {
      if (!this.#state.isRunning) return;
      await this.#stop(systemCaller, 'login needed');
      await this.#restarts.loginNeeded(reason);
    });
  }

  /** Applies the quarantine of the stored record, or its end, which another process can have stored. */
  adopt(): void {
    if (adoptHold(this.#state) === 'released') this.#restarts.forget();
  }

  /** Lifts the quarantine after the store has deleted it, and clears the failure count. */
  release(caller: Caller, reason: string | undefined): Promise<void> {
    return this.operations.run(async () => {
      const { id } = this.#state;
      if (this.#dependencies.find(id) === undefined) throw new ClarityError('SERVICE_NOT_FOUND', id);
      const message = 'Service released from quarantine';
      const isHeld = this.#state.status.lifecycle === 'QUARANTINED';
      const data = reason === undefined ? {} : { data: { reason } };
      const entry = { kind: 'service.unquarantined', level: 'info', message, serviceId: id, caller, ...data } as const;
      const isRecorded = await this.#dependencies.holds.release(caller, id, entry);
      this.#restarts.forget();
      if (!isHeld) return;
      this.#dependencies.audit.log(id, message);
      this.#state.apply({ type: 'released' });
      this.#state.changed();
      if (!isRecorded) await this.#dependencies.audit.settle(entry);
    });
  }

  /** Runs a pending restart now, unless `mayStart` refuses. Resolves when the queue reaches its end. */
  startNow(mayStart = (): boolean => this.#starting.admitCall()): Promise<void> {
    return this.operations.start(async () => {
      const isDown = ['CRASHED', 'STOPPED'].includes(this.#state.status.lifecycle);
      if (isDown && this.#restarts.isPending && mayStart()) await this.#runRestart(new AbortController().signal);
    });
  }

  /** Runs a pending restart now if its cause is outside of the service, for example a network that was away. */
  async retryNow(): Promise<void> {
    if (this.#restarts.isWaitingForOthers) await this.startNow(() => this.#restarts.beginAgain());
  }

  /** Offers the interface that the service had in an earlier process. */
  recall(snapshot: InterfaceSnapshot): void {
    this.#state.recall(snapshot);
  }

  /** Adds the entries that the connection of a client with capabilities shows, and announces them once. */
  learnGated(connection: Parameters<InterfaceRefresh['learn']>[0]): Promise<void> {
    return this.operations.run(() => this.#refresh.learn(connection));
  }

  introspect(caller: Caller): Promise<InterfaceSnapshot> {
    return this.operations.run(async () => {
      const { link } = this.#state;
      if (link === undefined) throw new ClarityError('SERVICE_STOPPED', this.#state.id);
      const snapshot = await refreshInterface(this.#state, link);
      await this.#refresh.accept(caller, snapshot, link);
      return snapshot;
    });
  }

  /** Stops the service and deletes its state. */
  retire(caller: Caller, reason: string): Promise<void> {
    this.#starting.interrupt(reason);
    return this.operations.run(async () => {
      this.#dependencies.holds.forget(this.#state.id);
      await this.#stop(caller, reason);
      this.#restarts.forget();
      this.#state.reset();
      this.#state.changed();
    });
  }

  async #start(caller: Caller, service: Service, cause: StartReason): Promise<void> {
    const link = this.#newLink();
    const { type, error, durationMs } = await this.#starting.run(service, cause, link);
    if (type === 'failed') await this.#restarts.startFailed(caller, cause, { error, durationMs });
    if (type !== 'opened') return;
    this.#state.link = link;
    this.#state.apply(startedNow(this.#dependencies));
    this.#restarts.started();
    this.#state.changed();
    watchHealth(this.#dependencies, service, link, this.#answered.bind(this, link));
    await this.#state.recordDone(caller, 'started', { durationMs });
  }

  async #startAgain(caller: Caller, service: Service, cause: StartReason): Promise<void> {
    this.#state.apply({ type: 'restart-counted' });
    await this.#start(caller, service, cause);
    if (this.#state.isRunning) await this.#state.recordDone(caller, 'restarted');
  }

  async #runRestart(signal: AbortSignal): Promise<void> {
    const service = this.#dependencies.find(this.#state.id);
    if (signal.aborted || this.#dependencies.closing.aborted || service?.manifest.spec.enabled !== true) return;
    this.#restarts.cancel();
    await this.#startAgain(systemCaller, service, 'own');
  }

  async #stop(caller: Caller, reason: string): Promise<void> {
    const { audit, clock, supervision } = this.#dependencies;
    const { id, link } = this.#state;
    const took = this.#state.stopwatch();
    const isWanted = link !== undefined || this.#state.status.lifecycle === 'STARTING' || this.#restarts.isPending;
    this.#restarts.cancel();
    this.#state.apply({ type: 'stopping' });
    this.#state.link = undefined;
    const error = await link?.close(reason, clock, supervision.stopLimitMs);
    if (error !== undefined) audit.log(id, `Close failed: ${reasonOf(error)}`);
    await endLeftovers(this.#state);
    this.#state.apply({ type: 'stopped' });
    if (!isWanted) return;
    this.#state.changed();
    await this.#state.recordDone(caller, 'stopped', took());
  }

  #newLink(): ObservedConnection {
    const changed = this.#refresh.schedule.bind(this.#refresh);
    return this.#state.newLink({ changed, lost: this.#lost.bind(this), answered: this.#answered.bind(this) });
  }

  #answered(link: ObservedConnection, error: unknown): void {
    const { health } = this.#state.condition;
    this.#state.answered(link, error);
    // The service was unreachable: another program may run there now.
    if (error === undefined && (health === 'UNREACHABLE' || health === 'DEGRADED')) this.#refresh.schedule(link);
  }

  #lost(link: ObservedConnection, reason: string, cause?: LossCause): void {
    const { clock, supervision } = this.#dependencies;
    // A connection lost during the start makes the start fail.
    if (this.#state.link !== link) return;
    this.#state.link = undefined;
    void link.close('lost', clock, supervision.stopLimitMs).then(() => endLeftovers(this.#state));
    this.#restarts.crashed(reason, cause);
    this.operations.startInBackground(async () => {
      if (this.#state.status.lifecycle === 'CRASHED') await this.#restarts.applyPolicy('own');
    });
  }
}
