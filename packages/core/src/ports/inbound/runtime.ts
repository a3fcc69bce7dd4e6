import type { Explanation } from './explanation.ts';
import type { RuntimeMetrics, LimitCounts, StorageState } from './runtime-metrics.ts';
import type { ListedTool, ToolCallRequest, ToolCallResult } from './tool-operations.ts';
import type { Caller } from '../../domain/access/caller.ts';
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

/** One control plane. Two of them in one process share nothing. */
export interface Runtime extends AsyncDisposable {
  readonly instance: RuntimeInstance;
  readonly services: ServiceOperations;
  readonly secrets: SecretOperations;
  readonly bootstrap: ClientSetupOperations;
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
  readonly approvals: ApprovalOperations;
  /** Why `subject`, or else the caller, sees a tool as it does. */
  explain(caller: Caller, tool: string, subject?: Caller): Promise<Explanation>;
  /** Names of the runtime's own tools; none where they are not offered. */
  readonly systemTools: readonly string[];
  readonly limits: LimitCounts;
  storage(): StorageState;
  /** Counted in this process; for whoever shows figures. */
  metrics(): RuntimeMetrics;
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
