import type { CircuitBreakerOptions } from '../domain/calls/circuit-breaker.ts';
import type { CallDefaults } from '../application/calls/policy-catalog.ts';
import type { Words } from '../domain/errors/library-words.ts';
import type { InterfaceLimits } from '../domain/interfaces/interface-limits.ts';
import type { SupervisionOptions } from '../application/services/supervision-options.ts';

/** Limits and names of a runtime. Each has a default. */
export interface RuntimeOptions {
  /**
   * The tenant of this runtime. It refuses callers of other tenants, and sees the records of this tenant only: several runtimes
   * with one store and different tenants share nothing. Default: `default`.
   */
  readonly tenant?: string;
  /** Adds the control tools, `runtime__*`, to the tools of clients, subject to their grants. Default: off. */
  readonly controlTools?: boolean;
  /** Registrations over MCP wait for the approval of an operator. Default: off. */
  readonly approveProvisioning?: boolean;
  /** MCP clients may register local commands as services. Default: off. */
  readonly mcpCommands?: boolean;
  /** Lists the tools `health_check` and `describe_service` of local modules. Without it they are callable only. Default: on. */
  readonly localServiceTools?: boolean;
  /**
   * Words of remedies in errors: operations and options of the library, or commands and variables of `clarityd` and
   * `clarityctl`. Default: `library`.
   */
  readonly words?: Words;
  /** Version that the runtime reports to clients. */
  readonly version?: string;
  /** Maximum length of a tool name on the shared endpoint, 24 to 64. Default: 42. */
  readonly maxToolName?: number;
  /**
   * Tool names of the shared endpoint that have the prefix of their service: all (`always`, the default), or only names that
   * several services use (`collision`). With `collision` a new service can change the names of existing tools.
   */
  readonly prefix?: 'always' | 'collision';
  /** Limits of texts and lists of services, merged over the defaults. */
  readonly interfaceLimits?: Partial<InterfaceLimits>;
  /** Bytes that the registrations of one principal may store: manifests and modules. Default: 1 GiB. */
  readonly maxDiskBytes?: number;
  /** Milliseconds that a call may be idle, for services whose manifest and policy set no `timeoutMs`. */
  readonly callTimeoutMs?: number;
  /** Maximum size of one reply in bytes, for services whose manifest and policy set none. Default: that of the connector. */
  readonly maxReplyBytes?: number;
  /** Call limits by origin type, for limits that neither the manifest nor its policy sets. Merged over the defaults. */
  readonly callDefaults?: CallDefaults;
  /** URL of the client metadata document of this installation, for logins to remote services. Default: none. */
  readonly oauthClientDocument?: string | undefined;
  /**
   * Returns the address where a browser begins a login with a handle: `/connect/<handle>` of the server that serves this runtime.
   * Without it clients get the command only.
   */
  readonly loginLink?: ((handle: string) => string | undefined) | undefined;
  /** Milliseconds that a call waits for the restart of its service. Default: 10000. 0: calls do not wait. */
  readonly recoveryTimeoutMs?: number;
  /** Options of the circuit breakers, merged over the defaults. */
  readonly circuit?: Partial<CircuitBreakerOptions>;
  /** Timeouts and intervals of starts, stops, restarts and probes, merged over the defaults. */
  readonly supervision?: Partial<SupervisionOptions>;
}
