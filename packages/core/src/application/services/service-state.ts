import { assertTrusted } from '../../domain/access/trust.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { LossCause } from '../../domain/services/restart-policy.ts';
import { healthAfter } from '../../domain/services/health.ts';
import type { InterfaceFault, InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { next, type LifecycleEvent } from '../../domain/services/lifecycle.ts';
import { originKind, originKinds } from '../../domain/services/origin-kinds.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import { INITIAL_STATUS, type ServiceStatus } from '../../domain/services/service.ts';
import { trailAfter, type StateTrail } from '../../domain/services/state-trail.ts';
import type { AuditEntry } from '../audit/audit-log.ts';
import { CapabilityGatedTools } from './capability-gated-tools.ts';
import { withKnownLists } from './interface-reader.ts';
import { faultOf, reasonOf } from '../../domain/errors/clarity-error.ts';
import { ObservedConnection } from './service-connection.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** Faults of an interface that are logged one by one; the event has up to 50. */
const MAX_LINES = 3;

/** An audit entry of a service without its caller and its id. */
export type AuditDetails = Pick<AuditEntry, 'kind' | 'level' | 'message' | 'data'>;

/** Receives the events of a connection with the connection. */
export interface LinkListener {
  readonly changed: (link: ObservedConnection) => void;
  readonly lost: (link: ObservedConnection, reason: string, cause?: LossCause) => void;
  readonly answered: (link: ObservedConnection, error?: unknown) => void;
}

/** State of one service in this process, with its audit entries. */
export class ServiceState {
  readonly id: string;
  readonly dependencies: SupervisorDependencies;
  readonly gated: CapabilityGatedTools;
  /** Undefined unless the service runs. */
  link: ObservedConnection | undefined;
  /** Called for each sign of life during a start. */
  onActivity: () => void = () => undefined;
  /** The status without the time of the last reply, for the hot path. */
  condition: Omit<ServiceStatus, 'lastHeartbeatAt'> = INITIAL_STATUS;
  #answeredAt: Date | undefined;
  #snapshot: InterfaceSnapshot | undefined;
  #trail: StateTrail | undefined;
  /** The faults of the interface that were reported last, as text. */
  #reportedFaults = '';

  constructor(id: string, dependencies: SupervisorDependencies) {
    this.id = id;
    this.dependencies = dependencies;
    this.gated = new CapabilityGatedTools(dependencies);
  }

  get status(): ServiceStatus {
    const answeredAt = this.#answeredAt;
    return answeredAt === undefined ? this.condition : { ...this.condition, lastHeartbeatAt: answeredAt.toISOString() };
  }

  /** The interface at the last refresh. A list that could not be read keeps its entries. */
  get snapshot(): InterfaceSnapshot | undefined {
    return this.#snapshot;
  }

  /** Compares an interface, and offers it unless the connection has ended. Returns whether it is offered. */
  async offer(read: InterfaceSnapshot, link: ObservedConnection): Promise<boolean> {
    const snapshot = withKnownLists(read, this.#snapshot);
    await this.dependencies.compareInterface?.(this.id, snapshot);
    if (link.ended.aborted) return false;
    this.#snapshot = snapshot;
    return true;
  }

  /** Sets the interface of an earlier process, and announces it. Does nothing after a start of this process. */
  recall(snapshot: InterfaceSnapshot): void {
    if (this.#snapshot !== undefined || !['REGISTERED', 'QUARANTINED'].includes(this.condition.lifecycle)) return;
    this.#snapshot = snapshot;
    this.gated.recall(snapshot);
    this.changed();
  }

  get isRunning(): boolean {
    return this.condition.lifecycle === 'RUNNING';
  }

  /**
   * Enters STARTING and returns the stopwatch. Every start passes here, also one of the restart policy.
   * @throws ClarityError WORKSPACE_UNTRUSTED
   */
  begin(): ReturnType<ServiceState['stopwatch']> {
    assertTrusted(this.dependencies.trust.state);
    this.apply({ type: 'starting', since: this.dependencies.clock.wall().toISOString() });
    return this.stopwatch();
  }

  /** Returns a function that returns the elapsed milliseconds, for the audit. */
  stopwatch(): () => { readonly durationMs: number } {
    const { clock } = this.dependencies;
    const began = clock.monotonic();
    return () => ({ durationMs: Math.round(clock.monotonic() - began) });
  }

  /** Undefined before the first change of the status. */
  get trail(): StateTrail | undefined {
    return this.#trail;
  }

  apply(event: LifecycleEvent): void {
    const from = this.status;
    this.#answeredAt = undefined;
    const to = next(from, event);
    this.condition = to;
    if (to === from) return;
    const at = this.dependencies.clock.wall().toISOString();
    this.#trail = trailAfter(this.#trail, { from, to, event, at });
    this.dependencies.changes.raise('status', this.id);
  }

  /** Returns a new connection of this service, before it is opened. */
  newLink({ changed, lost, answered }: LinkListener): ObservedConnection {
    const link: ObservedConnection = new ObservedConnection({
      changed: () => {
        changed(link);
      },
      log: (text) => {
        this.line(text);
      },
      alive: () => {
        this.onActivity();
      },
      lost: (reason, cause) => {
        lost(link, reason, cause);
      },
      answered: (error) => {
        this.onActivity();
        answered(link, error);
      },
    });
    return link;
  }

  /** Notes a log line. During a start it is a sign of life and part of the status. */
  line(text: string): void {
    this.dependencies.audit.log(this.id, text);
    if (this.condition.lifecycle !== 'STARTING') return;
    this.apply({ type: 'start-line', line: toLogLine(text) });
    this.onActivity();
  }

  /** Returns to the state after registration. */
  reset(): void {
    this.#answeredAt = undefined;
    this.condition = INITIAL_STATUS;
    this.#trail = undefined;
    this.#snapshot = undefined;
    this.gated.forget();
  }

  /** Records the outcome of a request. Hot path: allocates only when the health changes. */
  answered(link: ObservedConnection, error?: unknown): void {
    if (this.link !== link) return;
    if (error === undefined) {
      this.#answeredAt = this.dependencies.clock.wall();
      if (this.condition.health !== 'HEALTHY' && failedList(this.#snapshot) === undefined) {
        this.#applyHealth({ type: 'seen-well' }, 'it responds again');
      }
      return;
    }
    const health = healthAfter(error);
    if (health === undefined) return;
    const reason = toLogLine(reasonOf(error));
    this.#applyHealth({ type: 'seen-ill', health, reason, ...faultOf(error) }, reason);
    const origin = this.dependencies.find(this.id)?.manifest.spec.origin;
    if (origin === undefined || !originKind(origin.type, originKinds(this.dependencies.connectors.values())).isRemote)
      return;
    const message = `Remote request failed: ${reason}`;
    this.note({ kind: 'service.remote_error', level: 'error', message, data: { error: reason } });
  }

  changed(): void {
    const { changes, find } = this.dependencies;
    changes.raiseAll(this.id, find(this.id) === undefined);
    this.#reportFaults();
  }

  /** Resolves when the entry is written or counted as unwritten. */
  async record(caller: Caller, entry: AuditDetails): Promise<void> {
    this.dependencies.audit.log(this.id, entry.message);
    await this.dependencies.audit.settle({ ...entry, serviceId: this.id, caller });
  }

  /** Records a completed operation and its duration. */
  recordDone(
    caller: Caller,
    operation: 'started' | 'stopped' | 'restarted',
    took?: { durationMs: number },
  ): Promise<void> {
    const data = took === undefined ? {} : { data: took };
    return this.record(caller, {
      kind: `service.${operation}`,
      level: 'info',
      message: `Service ${operation}`,
      ...data,
    });
  }

  /** Records an entry without waiting. */
  note(entry: AuditDetails): void {
    this.dependencies.audit.log(this.id, entry.message);
    this.dependencies.audit.note({ ...entry, serviceId: this.id });
  }

  /** Reports lists and definitions that clients could not read, once for each change of them. */
  #reportFaults(): void {
    const faults = this.#snapshot?.faults ?? [];
    const failed = failedList(this.#snapshot);
    if (failed !== undefined && this.isRunning) {
      const reason = `${failed.list} cannot be read: ${failed.problem}`;
      this.#applyHealth({ type: 'seen-ill', health: 'DEGRADED', reason }, reason);
    }
    const text = JSON.stringify(faults);
    if (text === this.#reportedFaults) return;
    this.#reportedFaults = text;
    for (const { list, entry, problem, outcome } of faults.slice(0, MAX_LINES)) {
      this.dependencies.audit.log(this.id, `${entry === '' ? list : `${list} '${entry}'`} ${outcome}: ${problem}`);
    }
    if (faults.length === 0) return;
    const message = 'Some definitions of the service were repaired or left out';
    this.note({ kind: 'interface.repaired', level: 'warn', message, data: { faults } });
  }

  #applyHealth(event: LifecycleEvent, reason: string): void {
    const from = this.condition.health;
    this.apply(event);
    const to = this.condition.health;
    if (to === from) return;
    const level = to === 'HEALTHY' ? 'info' : 'warn';
    this.note({
      kind: 'service.health_changed',
      level,
      message: `Health changed from ${from} to ${to}: ${reason}`,
      data: { from, to, reason },
    });
  }
}

const failedList = (snapshot: InterfaceSnapshot | undefined): InterfaceFault | undefined =>
  snapshot?.faults?.find(({ outcome }) => outcome === 'failed');
