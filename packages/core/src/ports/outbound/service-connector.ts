import type { Caller } from '../../domain/access/caller.ts';
import type { Capabilities, Era, Implementation, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { Manifest, OriginType } from '../../domain/services/manifest.ts';
import type { OriginKind } from '../../domain/services/origin-kinds.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { Service, ServiceArtifact } from '../../domain/services/service.ts';

/** One kind of upstream. */
export interface ServiceConnector {
  readonly origin: OriginType;
  /** The row of a type that is not built in: schema of the manifest, identity, defaults. Ignored for a built-in type. */
  readonly kind?: OriginKind;
  /**
   * A further connection to the same service is a session of its own, which the service can ask back over; a `costly` one is
   * opened only for what nothing else can do. Absent where it would bring nothing.
   */
  readonly sessions?: boolean | 'costly';
  /**
   * What must hold before the manifest is stored: the code is there, has the digest that was promised and may be run. The
   * artifact that it returns is stored with the record. Refuses with a `ClarityError`.
   */
  admit(manifest: Manifest): Promise<ServiceArtifact | undefined>;
  /** Rejects with a `ClarityError` when the service cannot be reached or started; an aborted signal ends the attempt. */
  connect(service: Service, events: ConnectionEvents, signal: AbortSignal): Promise<Connection>;
}

/** A live upstream. One failing request never spoils the next; after `close` every request rejects. */
export interface Connection {
  readonly era: Era;
  readonly capabilities: Capabilities;
  readonly info?: Implementation | undefined;
  /** The revision that the two sides speak. */
  readonly revision?: string | undefined;
  /** What the service says of its use. */
  readonly instructions?: string | undefined;
  request(request: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply>;
  notify(notification: McpNotification): void;
  close(reason: string): Promise<void>;
}

/**
 * How one upstream request may spend time and bytes, and where what it says on the way goes. `request` rejects with a
 * `ClarityError` when the bounds are used up, the signal aborts, or no valid reply came.
 */
export interface UpstreamRequestOptions {
  /** On whose behalf; absent for what the runtime asks on its own. */
  readonly caller?: Caller;
  readonly signal: AbortSignal;
  /** Milliseconds between two messages for this request; 0 asks for the service's own default, which may be none. */
  readonly idleMs: number;
  /** Milliseconds that nothing prolongs; 0 asks for the service's own default. */
  readonly totalMs: number;
  readonly maxReplyBytes: number;
  onNotification(notification: McpNotification): void;
  onRequest(request: McpRequest): Promise<McpReply>;
  /** Called once, before the service can have read the request: without it the request may be sent again. */
  onSent(): void;
}

/** Facts about a connection, told as they happen. */
export interface ConnectionEvents {
  /**
   * What this side answers when the service asks: sampling, elicitation, roots. Absent for a connection that several
   * callers share; what is not offered is refused here and reaches nobody.
   */
  readonly clientCapabilities?: Capabilities;
  /** The era that is wanted: of a service that speaks both. The connection says what it became. */
  readonly era?: Era;
  onListChanged(what: 'tools' | 'resources' | 'prompts'): void;
  /** A message of the service that belongs to no request. */
  onNotification?(notification: McpNotification): void;
  /** One line that the service wrote for its operator. */
  onLog(line: string): void;
  /** Something of the service went beyond a bound and was not taken. */
  onLimit?(what: LimitName): void;
  /** The connection is gone; nobody asked for it. */
  onClose(why: string): void;
}
