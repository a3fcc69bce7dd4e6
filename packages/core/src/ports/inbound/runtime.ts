import type { ExplainOperation } from './explanation.ts';
import type { RuntimeMetricsReader } from './runtime-metrics.ts';
import type { ToolOperations } from './tool-operations.ts';
import type { RuntimeEventMap, RuntimeEventName } from './runtime-event.ts';
import type { McpGateway } from './mcp-gateway.ts';
import type { ServiceOperations } from './service-operations.ts';
import type { OverviewOperations } from './overview.ts';
import type { ProfileOperations } from './profile-operations.ts';
import type { PolicyOperations } from './policy-operations.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ClientSetupOperations } from './client-setup.ts';
import type { SecretOperations } from './secret-operations.ts';
import type { InterfaceReviews } from './interface-reviews.ts';
import type { LoginOperations } from './login-operations.ts';
import type { TokenOperations } from './token-operations.ts';
import type { TrustOperations } from './trust-operations.ts';
import type { ApprovalOperations } from './approval-operations.ts';

/** Identity of one process of the runtime. */
export interface RuntimeInstance {
  /** Random id, different in every process. */
  readonly id: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/**
 * One control plane: a member per inbound port. Two runtimes in one process share only the adapters that the embedder
 * registered in a common container.
 */
export interface Runtime extends ExplainOperation, RuntimeMetricsReader, AsyncDisposable {
  readonly instance: RuntimeInstance;
  readonly services: ServiceOperations;
  readonly secrets: SecretOperations;
  readonly bootstrap: ClientSetupOperations;
  readonly policies: PolicyOperations;
  readonly gateway: McpGateway;
  readonly tools: ToolOperations;
  readonly audit: AuditTrail;
  readonly interfaces: InterfaceReviews;
  readonly approvals: ApprovalOperations;
  /** Named access tokens of clients and programs. */
  readonly tokens: TokenOperations;
  /** Named views of services and tools. */
  readonly profiles: ProfileOperations;
  /** Logins to remote services with OAuth. */
  readonly logins: LoginOperations;
  /** Decisions about stored state that this user has not marked. */
  readonly trust: TrustOperations;
  /** States, problems and calls of all services, for pages. */
  readonly overview: OverviewOperations;
  /** Names of the control tools; empty if they are disabled. */
  readonly systemTools: readonly string[];
  /**
   * Starts every service that is enabled, has autostart and is not in quarantine, in parallel. Resolves when every start has
   * ended.
   * A failed start is repeated by the restart policy of the service. Starts nothing while the workspace is not trusted.
   */
  autostart(): Promise<void>;
  /**
   * Starts every service now that waits for its next automatic start because of a cause outside of it: a network, a server that
   * does not answer. Call it when the machine has another network or was asleep. A few services start at the same time, and a
   * service that fails by itself keeps its delay. Resolves when every start has ended.
   */
  retryWaiting(): Promise<void>;
  /** Registers a listener. A listener that throws does not affect others. Returns an idempotent function that removes it. */
  on<Name extends RuntimeEventName>(name: Name, listener: (event: RuntimeEventMap[Name]) => void): () => void;
  /**
   * Stops every service, then disposes the `adapters` and the `perRuntime` instances in reverse order of creation.
   * A failure does not stop the sequence. Operations that start after the end throw or reject with RUNTIME_CLOSED.
   * @throws AggregateError with the errors of `dispose`.
   */
  close(): Promise<void>;
}
