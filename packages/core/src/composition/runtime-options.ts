import type { CircuitBreakerOptions } from '../domain/calls/circuit-breaker.ts';
import type { CallDefaults } from '../application/calls/policy-catalog.ts';
import type { SupervisionOptions } from '../application/services/supervision-options.ts';

/** Limits and names that a host may set; every one has a default. */
export interface RuntimeOptions {
  /** Offers the runtime's own tools, `runtime__*`, to its clients as far as their grants go; off when absent. */
  readonly controlTools?: boolean;
  /** What clients register over MCP waits until an operator approves it. */
  readonly approveProvisioning?: boolean;
  /** Clients may register services over MCP that are commands of this machine. */
  readonly mcpCommands?: boolean;
  /** Shown as the runtime's own version. */
  readonly version?: string;
  /** Longest tool name on the shared endpoint, 24 to 64; 42 when absent. */
  readonly maxToolName?: number;
  /**
   * Which names of the shared endpoint have their service's before them: all, or only those that several services have. With
   * `collision` a name may come to mean something else when a service is added; `always` when absent.
   */
  readonly prefix?: 'always' | 'collision';
  /** Total time of one call in milliseconds, for services that set none. */
  readonly callTimeoutMs?: number;
  /** Bytes that one reply of a service may have; 10 MiB when absent. */
  readonly maxReplyBytes?: number;
  /** Bounds of calls where neither the manifest nor its policy has one, by origin; given ones stand beside the usual. */
  readonly callDefaults?: CallDefaults;
  /** Milliseconds that calls are held while their service cannot be reached; 10000 when absent, 0 holds none. */
  readonly recoveryTimeoutMs?: number;
  /** When calls are kept away from a service that fails too many of them; what is absent is as usual. */
  readonly circuit?: Partial<CircuitBreakerOptions>;
  /** Patience of the supervisor: limits of starts and stops, restarts, probes. */
  readonly supervision?: Partial<SupervisionOptions>;
}
