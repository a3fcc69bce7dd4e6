import type {
  AuthProviders,
  AuthValidation,
  DeletedSecret,
  StoredSecrets,
  WrittenSecret,
} from '../application/secrets-view.ts';
import type { AuditFilter, AuditPage, AuditReplay } from '../application/audit-timeline.ts';
import type { BootstrapPutRequest, BootstrapRequest, BootstrapResult } from '../application/bootstrap.ts';
import type { PolicyReport, PolicyTestResult } from '../application/policy/policy-report.ts';
import type { Explanation } from '../application/explanation.ts';
import type { RuntimeMeasures } from '../application/measures.ts';
import type { InterfaceReview } from '../application/interface-watch.ts';
import type { DetailLimits, ServiceDetails } from '../application/service-details.ts';
import type { ServiceView } from '../application/service-view.ts';
import type { ListedTool, ToolCallRequest, ToolCallResult } from '../application/tool-operations.ts';
import type { Approval } from '../domain/access/approval.ts';
import type { AuditEvent, AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { Caller } from '../domain/access/caller.ts';
import type { PolicyDocument } from '../domain/calls/policy-document.ts';
import type { CallQuestion } from '../domain/calls/policy-verdict.ts';
import type { RefusalName } from '../domain/audit/limit-name.ts';
import type { RuntimeEventMap, RuntimeEventName } from '../domain/audit/runtime-event.ts';
import type { InterfaceSnapshot } from '../domain/interfaces/interface-snapshot.ts';
import type { AuditVerdict, CleanedUp, ClientState, ConfigScope, McpGateway, TelemetryHealth } from '../ports/index.ts';

export interface RuntimeInstance {
  /** Random, new with every process. */
  readonly id: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
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

/** What can be done with policies. Refusals are `ClarityError`s. */
export interface PolicyOperations {
  /** Ordered by name; `default` is always there. */
  list(caller: Caller): readonly PolicyDocument[];
  /** POLICY_NOT_FOUND when there is none. */
  get(caller: Caller, name: string): PolicyDocument;
  /** Validates the document in full and puts it in place of the one of its name; services that name it follow at once. */
  apply(caller: Caller, document: unknown): Promise<PolicyDocument>;
  /** POLICY_IN_USE as long as a service names it. */
  remove(caller: Caller, name: string): Promise<void>;
  /** What holds for the calls of a service, and what that was made of. */
  show(caller: Caller, serviceId: string): PolicyReport;
  /** What would happen to a call; nothing is called. */
  test(caller: Caller, serviceId: string, question: CallQuestion): PolicyTestResult;
}

export interface AuditTrail {
  /** Adds what an edge saw, a failed login for one. Time and number are put in by the runtime. */
  record(event: Omit<AuditEventDraft, 'at'>): Promise<void>;
  /** The newest `limit` events, oldest first. */
  recent(caller: Caller, query: { limit: number; serviceId?: string }): Promise<readonly AuditEvent[]>;
  /** By kind, service and level; from a cursor on, or the newest. */
  page(caller: Caller, filter: AuditFilter): Promise<AuditPage>;
  /** The newest `limit` events after the one with this number; the newest of all when it is none that was given out. */
  replay(caller: Caller, after: number | undefined, limit: number): Promise<AuditReplay>;
  /** Reads all that is stored and compares it with its chain of hashes; `expect` is the head of an earlier verdict. */
  verify(caller: Caller, expect?: string): Promise<AuditVerdict>;
  /** The newest `limit` log lines of a service, oldest first; SERVICE_NOT_FOUND when there is no such service. */
  logs(caller: Caller, serviceId: string, limit: number): Promise<readonly string[]>;
}

/** Points AI clients at this gateway. REQUEST_INVALID for a client that is not known, before any file is touched. */
export interface BootstrapOperations {
  status(caller: Caller, scope?: ConfigScope): Promise<readonly ClientState[]>;
  put(caller: Caller, request: BootstrapPutRequest): Promise<readonly BootstrapResult[]>;
  remove(caller: Caller, request: BootstrapRequest): Promise<readonly BootstrapResult[]>;
}

/** What can be done with credentials. Every one is audited, and no value ever comes back. */
export interface SecretOperations {
  /** The providers of references, whether they work, and where files are kept. */
  providers(caller: Caller): Promise<AuthProviders>;
  /** Refuses nothing but a blank reference: what is wrong stands in `issues`. */
  validate(caller: Caller, authRef: string): Promise<AuthValidation>;
  list(caller: Caller): Promise<StoredSecrets>;
  /** `file:` references only; replaces what is there. */
  set(caller: Caller, authRef: string, secret: string): Promise<WrittenSecret>;
  remove(caller: Caller, authRef: string): Promise<DeletedSecret>;
}

/** What changed at a service, and what is to be done about it. */
export interface InterfaceReviews {
  review(caller: Caller, serviceId: string): Promise<InterfaceReview>;
  /** Everything, or the named tools. Refuses callers of the doors that models come through. */
  accept(caller: Caller, serviceId: string, tools?: readonly string[]): Promise<InterfaceReview>;
}

/** What clients asked for over MCP and an operator decides on. Refuses callers of the doors that models come through. */
export interface ApprovalDesk {
  list(caller: Caller): Promise<readonly Approval[]>;
  /** Does it. Whether it went well stands in the answer. */
  approve(caller: Caller, id: string): Promise<Approval>;
  deny(caller: Caller, id: string, reason?: string): Promise<Approval>;
}

/** What the bounds have refused since the runtime began, those of its edges included. */
export interface RefusalCounts {
  /** For an edge that refuses something itself. */
  count(name: RefusalName): void;
  /** Every name is there, those at zero too. */
  counts(): Readonly<Record<RefusalName, number>>;
}

/** How well the runtime remembers. */
export interface StorageState {
  /** `degraded`: something is not kept as promised. `read-only`: no change is taken until a restart. */
  readonly state: TelemetryHealth['state'];
  readonly reason?: string;
  /** Records and log lines of this process that the telemetry did not take. */
  readonly unwritten: number;
  /** Every event of the audit with a smaller `seq` was dropped for room. */
  readonly droppedBefore: number;
}

/** One control plane. Two of them in one process share nothing. */
export interface Runtime extends AsyncDisposable {
  readonly instance: RuntimeInstance;
  readonly services: ServiceOperations;
  readonly secrets: SecretOperations;
  readonly bootstrap: BootstrapOperations;
  readonly policies: PolicyOperations;
  readonly gateway: McpGateway;
  /** What a client would be shown; the service's own names when one is named. SERVICE_NOT_FOUND when there is no such. */
  listTools(caller: Caller, service?: string): Promise<readonly ListedTool[]>;
  /**
   * Calls a tool as a client would, under policy and audit. What a tool reports as failed is a result with `isError`;
   * rejects with TOOL_NOT_FOUND, SERVICE_NOT_FOUND, ARGUMENTS_INVALID, or UPSTREAM_FAILED for an error of the protocol.
   */
  callTool(caller: Caller, call: ToolCallRequest): Promise<ToolCallResult>;
  readonly audit: AuditTrail;
  readonly interfaces: InterfaceReviews;
  readonly approvals: ApprovalDesk;
  /** Why `subject`, or else the caller, sees a tool as it does. */
  explain(caller: Caller, tool: string, subject?: Caller): Promise<Explanation>;
  /** Names of the runtime's own tools; none where they are not offered. */
  readonly systemTools: readonly string[];
  readonly refusals: RefusalCounts;
  storage(): StorageState;
  /** Counted in this process; for whoever shows figures. */
  measures(): RuntimeMeasures;
  /**
   * Starts every service that is enabled, set to autostart and not in quarantine, side by side; resolves when each has
   * settled. What failed is tried again as its restart policy says.
   */
  autostart(): Promise<void>;
  /** A listener that throws starves no other. Returns the way to stop listening, which may be called twice. */
  on<Name extends RuntimeEventName>(name: Name, listener: (event: RuntimeEventMap[Name]) => void): () => void;
  /** Stops every service, then closes the adapters in the reverse order of their use. */
  close(): Promise<void>;
}
