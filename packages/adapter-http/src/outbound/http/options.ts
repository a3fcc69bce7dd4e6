import type { Caller } from '@clarity-runtime/core';
import type { Credential } from '@clarity-runtime/core/ports';
import type { ConnectionClock } from '@clarity-runtime/core/protocol';

export interface HttpConnectorOptions {
  /** Hosts that endpoints may name; every one when empty. An address that stands here is exempt from the address rules. */
  readonly allowedHosts?: readonly string[];
  /** Refuses private networks as well. */
  readonly denyPrivate?: boolean;
  /** Where this daemon itself listens, so that it is never its own upstream. Asked at every connection. */
  readonly ownAddresses?: () => readonly OwnAddress[];
  /** Resolves `authRef`; without it a manifest that names one is refused. */
  readonly credentials?: (authRef: string, caller: Caller) => Promise<Credential>;
  /** How names become addresses; the system's way when absent. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  readonly limits?: Partial<HttpConnectorLimits>;
  /** Measures timeouts; the clock of the system if absent. */
  readonly clock?: ConnectionClock;
}

export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

export interface HttpConnectorLimits {
  /** Milliseconds for one call where neither the caller nor the manifest says otherwise. */
  readonly callTimeoutMs: number;
  /** Bytes of one reply where neither the caller nor the manifest says otherwise. */
  readonly maxReplyBytes: number;
  /** Milliseconds for a notification, an answer to the service, or the end of a session. */
  readonly noticeMs: number;
  /** Milliseconds that what was seen of an endpoint's era holds. */
  readonly eraHorizonMs: number;
  /** Milliseconds before a stream of notices that ended is opened again; doubled up to thirty-two times of it. */
  readonly reopenMs: number;
}

export const DEFAULT_HTTP_CONNECTOR_LIMITS: HttpConnectorLimits = {
  callTimeoutMs: 20_000,
  maxReplyBytes: 1024 * 1024,
  noticeMs: 5_000,
  eraHorizonMs: 600_000,
  reopenMs: 1_000,
};
