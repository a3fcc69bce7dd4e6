import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { InterfaceSnapshot } from '../../domain/interfaces/interface-snapshot.ts';
import type { ModelProblem } from '../../domain/interfaces/model-rules.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import type { Service, ServiceStatus } from '../../domain/services/service.ts';
import type { CallLoad } from '../../domain/calls/call-metrics.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { CleanedUp } from '../outbound/artifact-cleaner.ts';
import type { UnsupportedRecord } from '../outbound/store.ts';

/** Maximum counts of the lists in `ServiceDetails`. */
export interface DetailLimits {
  readonly logLimit: number;
  readonly eventLimit: number;
  readonly callLimit: number;
}

/** A service with its history; each list is ordered oldest first. */
export interface ServiceDetails {
  readonly view: ServiceView;
  readonly logs: readonly string[];
  readonly events: readonly AuditEvent[];
  readonly recentCalls: readonly AuditEvent[];
}

/** A tool that model APIs refuse as its service defines it. */
export interface ToolCompatibility {
  /** Printable name of the tool at the service. */
  readonly tool: string;
  /** Name on the shared endpoint. */
  readonly name: string;
  /** `spec.surface.definitions` repairs the definition on the shared endpoint. */
  readonly isRepaired: boolean;
  /** Problems on the shared endpoint. */
  readonly problems: readonly ModelProblem[];
  /** Problems on the endpoint of the service, which shows names and definitions unchanged. */
  readonly ownProblems: readonly ModelProblem[];
}

/** A service with its desired state, its status and the interface of its last introspection. */
export interface ServiceView {
  readonly service: Service;
  readonly status: ServiceStatus;
  /** Whole seconds since the service became RUNNING in this process; 0 if it is not running. */
  readonly uptimeSeconds: number;
  readonly interface?: InterfaceSnapshot;
  readonly calls: CallLoad;
  /** Tools that model APIs refuse, at most 50; empty before the first introspection. */
  readonly compatibility: readonly ToolCompatibility[];
  /** ISO 8601. Present while the outcome of the last change of the record is not known. */
  readonly unsettledSince?: string;
  /** The interface has entries that an attack would have, and no operator has accepted them. */
  readonly isSuspicious: boolean;
  /** Settings of the manifest or of its policy, and parts of the service, that have no effect, as sentences. Absent without any. */
  readonly warnings?: readonly string[];
  /** SHA-256 of the stored manifest and artifact, for `apply`. */
  readonly digest: string;
}

/** The record that a caller has seen before it replaces it. */
export interface ExpectedService {
  /** `digest` of the view; null when the caller has seen no record. */
  readonly digest?: string | null | undefined;
  /** Id of the service whose name, accepted interface and history the manifest takes over, if the manifest gives another id. */
  readonly replaces?: string | undefined;
}

/** Use cases of services. Failures are `ClarityError`s; `failure` has message and hint. */
export interface ServiceOperations {
  /**
   * Validates the manifest, stores its artifact and its record. A service with the same id is replaced. `defineService`,
   * `remote`, `childProcess` and `localWasm` make manifests.
   * @throws ClarityError MANIFEST_INVALID when the manifest is not valid, REVISION_CONFLICT when `expected` is not the stored
   * record.
   */
  apply(caller: Caller, manifest: Manifest, expected?: ExpectedService): Promise<ServiceView>;
  /** Returns all services, ordered by namespace. */
  list(caller: Caller): readonly ServiceView[];
  /** Returns the stored records of services and policies that this version keeps and cannot use. */
  unsupported(caller: Caller): readonly UnsupportedRecord[];
  /**
   * Returns a service.
   * @throws ClarityError SERVICE_NOT_FOUND for an unknown id.
   */
  get(caller: Caller, serviceId: string): ServiceView;
  /**
   * Connects and reads the interface. A failed connection does not reject: `status` has the reason.
   * @throws ClarityError SERVICE_NOT_FOUND, SERVICE_QUARANTINED or SERVICE_DISABLED.
   */
  start(caller: Caller, serviceId: string): Promise<ServiceView>;
  /** Disconnects the service. A quarantine is not lifted. */
  stop(caller: Caller, serviceId: string): Promise<ServiceView>;
  /** Stops a running service and starts it. Resolves like `start`. */
  restart(caller: Caller, serviceId: string): Promise<ServiceView>;
  /**
   * Lifts the quarantine without a start, and resets the failure history of any service.
   * No other operation lifts a quarantine.
   */
  unquarantine(caller: Caller, serviceId: string, reason?: string): Promise<ServiceView>;
  /** Returns a service with its newest log lines, events and calls. */
  details(caller: Caller, serviceId: string, limits: DetailLimits): Promise<ServiceDetails>;
  /** Reads the interface of a running service again. */
  introspect(caller: Caller, serviceId: string): Promise<InterfaceSnapshot>;
  /** Stops and deletes a service. `cleanUp` deletes its build artifacts too; the result lists the files that remain. */
  remove(caller: Caller, serviceId: string, options?: { readonly cleanUp?: boolean }): Promise<CleanedUp>;
}
