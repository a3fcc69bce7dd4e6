import type { ExplainOperation } from './explanation.ts';
import type { RuntimeMetricsReader } from './runtime-metrics.ts';
import type { ToolOperations } from './tool-operations.ts';
import type { RuntimeEventMap, RuntimeEventName } from '../../domain/audit/runtime-event.ts';
import type { McpGateway } from './mcp-gateway.ts';
import type { ServiceOperations } from './service-operations.ts';
import type { PolicyOperations } from './policy-operations.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ClientSetupOperations } from './client-setup.ts';
import type { SecretOperations } from './secret-operations.ts';
import type { InterfaceReviews } from './interface-reviews.ts';
import type { ApprovalOperations } from './approval-operations.ts';

export interface RuntimeInstance {
  /** Random, new with every process. */
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
  /** Names of the runtime's own tools; none where they are not offered. */
  readonly systemTools: readonly string[];
  /**
   * Starts every service that is enabled, set to autostart and not in quarantine, side by side; resolves when each has
   * settled. What failed is tried again as its restart policy says.
   */
  autostart(): Promise<void>;
  /** A listener that throws starves no other. Returns the way to stop listening, which may be called twice. */
  on<Name extends RuntimeEventName>(name: Name, listener: (event: RuntimeEventMap[Name]) => void): () => void;
  /**
   * Stops every service, then disposes the `adapters` and the `perRuntime` instances in reverse order of creation, also after
   * a failure. @throws AggregateError with the errors of `dispose`.
   */
  close(): Promise<void>;
}
