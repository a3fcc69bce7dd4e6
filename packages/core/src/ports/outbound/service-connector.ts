import type { Caller } from '../../domain/access/caller.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Cancellable } from '../../domain/calls/cancellation.ts';
import type { Capabilities, Era, Implementation, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import type { OriginKind } from '../../domain/services/origin-kinds.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { LossCause } from '../../domain/services/restart-policy.ts';
import type { Service, ServiceArtifact } from '../../domain/services/service.ts';
import type { UpstreamAuthorization } from './upstream-authorization.ts';

/** One kind of upstream. */
export interface ServiceConnector {
  readonly origin: OriginType;
  /** The row of a type that is not built in: schema of the manifest, identity, defaults. Ignored for a built-in type. */
  readonly kind?: OriginKind;
  /**
   * Whether a second connection to a service is a separate session over which the service can send requests to a client.
   * A `costly` one is opened only for a request that needs it. Absent if a second connection has no use.
   */
  readonly sessions?: boolean | 'costly';
  /**
   * Limits of requests whose caller and manifest set none. With them the runtime also applies `maxTimeoutMs` and
   * `maxResponseBytes` of the manifest to every request; a connector without them receives the requested limits.
   */
  readonly defaultLimits?: CallLimits;
  /**
   * Checks a manifest before it is stored: the code exists, has the promised digest and may run. Returns the artifact that
   * is stored with the record. Rejects with a `ClarityError`: QUOTA_EXCEEDED, before it stores anything, when the artifact has
   * more than `maxArtifactBytes`.
   */
  admit(manifest: Manifest, limits?: AdmissionLimits): Promise<ServiceArtifact | undefined>;
  /** Rejects with a `ClarityError` if the service cannot be reached or started. */
  connect(service: Service, events: ConnectionEvents, options: ConnectOptions): Promise<Connection>;
  /**
   * Ends the processes of a service that no connection owns: an installation that outlives a failed start, and descendants
   * that left their process group.
   */
  endLeftovers?(serviceId: string): Promise<void>;
}

/** Limits of one admission. */
export interface AdmissionLimits {
  /** Bytes that the artifact may have, for the principal that registers it. Default: no limit. */
  readonly maxArtifactBytes: number;
}

/** Options of one connection. */
export interface ConnectOptions {
  /** Aborts the attempt. */
  readonly signal: AbortSignal;
  /** Id of the principal that the connection belongs to; absent for a connection that several callers share. */
  readonly identity?: string;
  /** The login of the service; absent if it has another credential. */
  readonly authorization?: UpstreamAuthorization;
  /** Mark of this gateway: a gateway that receives it from its own upstreams refuses the request. */
  readonly mark?: string;
}

/** A live upstream. A failed request does not affect later ones; after `close` every request rejects. */
export interface Connection {
  readonly era: Era;
  /**
   * The service has shown its era, so that the runtime stores it with the record; a later process finds it in `Service.era`.
   * Absent or false if the era follows from a silence or an unrelated failure.
   */
  readonly isEraProven?: boolean;
  readonly capabilities: Capabilities;
  readonly info?: Implementation | undefined;
  /** The negotiated protocol version. */
  readonly revision?: string | undefined;
  /** Usage instructions that the service sent in the handshake. */
  readonly instructions?: string | undefined;
  /** Parts of the service or of its manifest that have no effect: a sentence each, for operators. */
  readonly warnings?: readonly string[];
  request(request: McpRequest, options: UpstreamRequestOptions): Promise<McpReply>;
  notify(notification: McpNotification): void;
  close(reason: string, options?: CloseOptions): Promise<void>;
}

/** How a connection closes. */
export interface CloseOptions {
  /** Milliseconds that the processes of the service have to end before they are killed; those of the connector if absent. */
  readonly graceMs?: number;
}

/**
 * Limits and callbacks of one upstream request. The limits are final: a connection applies them as they are. `request`
 * rejects with a `ClarityError` if a limit is exceeded, the signal aborts, or no valid reply arrives.
 */
export interface UpstreamRequestOptions extends CallLimits, Cancellable {
  /** The caller whose call made the request; absent for a request of the runtime itself. */
  readonly caller?: Caller;
  readonly signal: AbortSignal;
  onNotification(notification: McpNotification): void;
  onRequest(request: McpRequest): Promise<McpReply>;
  /** Called once, before the service can read the request. Until then the request may be sent again. */
  onSent(): void;
}

/** Events of a connection. */
export interface ConnectionEvents {
  /**
   * Capabilities that this side declares: sampling, elicitation, roots. Absent for a connection that several callers share.
   * The connection rejects requests of the service that need an undeclared one.
   */
  readonly clientCapabilities?: Capabilities;
  /** The requested era of a service that supports both. `Connection.era` is the negotiated one. */
  readonly era?: Era;
  onListChanged(what: 'tools' | 'resources' | 'prompts'): void;
  /** A byte of the service arrived before the connection was open. */
  onActivity?(): void;
  /**
   * Answers a request of the service while no call is in flight, such as `roots/list` after the handshake. Only for a connection
   * of one client; without it such a request is refused.
   */
  onRequest?(request: McpRequest): Promise<McpReply>;
  /** Receives a notification that belongs to no request. */
  onNotification?(notification: McpNotification): void;
  /** Receives one log line of the service. */
  onLog(line: string): void;
  /** A message of the service exceeded a limit and was discarded. */
  onLimit?(what: LimitName): void;
  /** The connection closed without `close`. */
  onClose(why: string, cause?: LossCause): void;
}
