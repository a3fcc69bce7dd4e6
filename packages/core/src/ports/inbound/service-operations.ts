import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { CleanedUp } from '../outbound/artifact-cleaner.ts';

/** How many of the newest of each are wanted. */
export interface DetailLimits {
  readonly logLimit: number;
  readonly eventLimit: number;
  readonly callLimit: number;
}

/** A service with what happened to it; each list oldest first. */
export interface ServiceDetails {
  readonly view: ServiceView;
  readonly logs: readonly string[];
  readonly events: readonly AuditEvent[];
  readonly recentCalls: readonly AuditEvent[];
}

/** A service as an observer sees it: what should be, what is, and what it offered when it was last asked. */
export interface ServiceView {
  readonly service: Service;
  readonly status: ServiceStatus;
  /** Whole seconds since it became RUNNING in this process; 0 when it is not running. */
  readonly uptimeSeconds: number;
  readonly interface?: InterfaceSnapshot;
  readonly calls: CallLoad;
}

/** What can be done with services. Refusals are `ClarityError`s whose `failure` says what and the mend. */
export interface ServiceOperations {
  /** Validates the manifest in full, takes in the artifact, stores the record; a service with the same id is replaced. */
  apply(caller: Caller, manifest: unknown): Promise<ServiceView>;
  /** Ordered by namespace. */
  list(caller: Caller): readonly ServiceView[];
  /** SERVICE_NOT_FOUND when there is none. */
  get(caller: Caller, serviceId: string): ServiceView;
  /**
   * Connects and asks for the interface. Resolves also when that failed: the view's status says so. Refuses with
   * SERVICE_QUARANTINED and SERVICE_DISABLED.
   */
  start(caller: Caller, serviceId: string): Promise<ServiceView>;
  /** A quarantined service stays quarantined. */
  stop(caller: Caller, serviceId: string): Promise<ServiceView>;
  /** Stops it if it runs, and starts it. Resolves like `start`. */
  restart(caller: Caller, serviceId: string): Promise<ServiceView>;
  /** The only way out of quarantine; it starts nothing. On any other service it only clears what failed before. */
  unquarantine(caller: Caller, serviceId: string, reason?: string): Promise<ServiceView>;
  /** A service with its newest log lines, events and calls. */
  details(caller: Caller, serviceId: string, limits: DetailLimits): Promise<ServiceDetails>;
  /** Asks a running service again what it offers. */
  introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot>;
  /** Stops it and forgets it. `cleanUp` deletes what was built for it, and the answer says what was left. */
  remove(caller: Caller, serviceId: string, options?: { readonly cleanUp?: boolean }): Promise<CleanedUp>;
}
