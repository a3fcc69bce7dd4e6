import type { Caller } from '../../domain/access/caller.ts';
import { healthAfter } from '../../domain/services/health.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import { next, type LifecycleEvent } from '../../domain/services/lifecycle.ts';
import { originKind, originKinds } from '../../domain/services/origin-kinds.ts';
import { toLogLine } from '../../domain/text/safe-text.ts';
import { INITIAL_STATUS, type ServiceStatus } from '../../domain/services/service.ts';
import type { AuditEntry } from '../audit/audit-log.ts';
import { CapabilityGatedTools } from './capability-gated-tools.ts';
import { reasonOf } from '../../domain/errors/clarity-error.ts';
import type { ObservedConnection } from './service-connection.ts';
import type { SupervisorDependencies } from './supervisor-dependencies.ts';

/** An audit entry of a service without its caller and its id. */
export type AuditDetails = Pick<AuditEntry, 'kind' | 'level' | 'message' | 'data'>;

/** State of one service in this process, with its audit entries. */
export class ServiceState {
  readonly id: string;
  readonly parts: SupervisorDependencies;
  readonly further: CapabilityGatedTools;
  /** Undefined unless the service runs. */
  link: ObservedConnection | undefined;
  /** The interface at the last refresh. */
  snapshot: InterfaceSnapshot | undefined;
  #status: ServiceStatus = INITIAL_STATUS;
  #answeredAt: Date | undefined;

  constructor(id: string, parts: SupervisorDependencies) {
    this.id = id;
    this.parts = parts;
    this.further = new CapabilityGatedTools(parts);
  }

  get status(): ServiceStatus {
    const seen = this.#answeredAt;
    return seen === undefined ? this.#status : { ...this.#status, lastHeartbeatAt: seen.toISOString() };
  }

  get isRunning(): boolean {
    return this.#status.lifecycle === 'RUNNING';
  }

  /** Returns a function that returns the elapsed milliseconds, for the audit. */
  stopwatch(): () => { readonly durationMs: number } {
    const { clock } = this.parts;
    const began = clock.monotonic();
    return () => ({ durationMs: Math.round(clock.monotonic() - began) });
  }

  apply(event: LifecycleEvent): void {
    const { status } = this;
    this.#answeredAt = undefined;
    this.#status = next(status, event);
  }

  /** Returns to the state after registration. */
  reset(): void {
    this.#answeredAt = undefined;
    this.#status = INITIAL_STATUS;
    this.snapshot = undefined;
    this.further.forget();
  }

  /** Records the outcome of a request. Hot path: allocates only when the health changes. */
  answered(link: ObservedConnection, error?: unknown): void {
    if (this.link !== link) return;
    if (error === undefined) {
      this.#answeredAt = this.parts.clock.wall();
      if (this.#status.health !== 'HEALTHY') this.#see({ type: 'seen-well' }, 'it responds again');
      return;
    }
    const health = healthAfter(error);
    if (health === undefined) return;
    const reason = toLogLine(reasonOf(error));
    this.#see({ type: 'seen-ill', health, reason }, reason);
    const origin = this.parts.find(this.id)?.manifest.spec.origin;
    if (origin === undefined || !originKind(origin.type, originKinds(this.parts.connectors.values())).isRemote) return;
    const message = `Remote request failed: ${reason}`;
    this.note({ kind: 'service.remote_error', level: 'error', message, data: { error: reason } });
  }

  changed(): void {
    const { changes, find } = this.parts;
    changes.raiseAll(this.id, find(this.id) === undefined);
  }

  /** Resolves when the entry is written or counted as unwritten. */
  async tell(caller: Caller, told: AuditDetails): Promise<void> {
    this.parts.audit.log(this.id, told.message);
    await this.parts.audit.settle({ ...told, serviceId: this.id, caller });
  }

  /** Records a completed operation and its duration. */
  tellDone(caller: Caller, what: 'started' | 'stopped' | 'restarted', took?: { durationMs: number }): Promise<void> {
    const data = took === undefined ? {} : { data: took };
    return this.tell(caller, { kind: `service.${what}`, level: 'info', message: `Service ${what}`, ...data });
  }

  /** Like `record`, but rejects when the entry cannot be written. */
  async commit(caller: Caller, told: AuditDetails): Promise<void> {
    this.parts.audit.log(this.id, told.message);
    await this.parts.audit.record({ ...told, serviceId: this.id, caller });
  }

  /** Records an entry without waiting. */
  note(told: AuditDetails): void {
    this.parts.audit.log(this.id, told.message);
    this.parts.audit.note({ ...told, serviceId: this.id });
  }

  #see(event: LifecycleEvent, reason: string): void {
    const from = this.#status.health;
    this.apply(event);
    const to = this.#status.health;
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
