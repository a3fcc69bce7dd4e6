import type { CredentialResolver } from '@clarity-runtime/core/ports';
import type { ConnectionClock } from '@clarity-runtime/core/protocol';

/** Environment variables, shaped like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings of `httpConnector`. Each has a default. */
export interface HttpConnectorOptions {
  /** Hosts that endpoints may name; every host if empty. An address in this list is exempt from the address rules. */
  readonly allowedHosts?: readonly string[];
  /** Rejects addresses of private networks too. */
  readonly denyPrivate?: boolean;
  /** Addresses of this daemon, which must not become its own upstream. Called for every connection. */
  readonly ownAddresses?: () => readonly OwnAddress[];
  /** Resolves `authRef`. Without it, a manifest with `authRef` is rejected. */
  readonly credentials?: CredentialResolver;
  /** Resolves host names. Default: the resolver of the system. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  readonly limits?: Partial<HttpConnectorLimits>;
  /**
   * Variables that name a proxy (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in both cases) and additional
   * certificates (`NODE_EXTRA_CA_CERTS`). Default: none, so that no proxy is used unless a manifest names one.
   */
  readonly environment?: Environment;
  /** Measures timeouts; the clock of the system if absent. */
  readonly clock?: ConnectionClock;
}

/** An address of this gateway, which no service may lead to. */
export interface OwnAddress {
  readonly host: string;
  readonly port: number;
}

/** Limits of connections to remote services. */
export interface HttpConnectorLimits {
  /** Milliseconds that a call may be idle, unless the caller or the manifest sets them; also of each handshake request. */
  readonly callTimeoutMs: number;
  /** Milliseconds of a call with all its messages, unless the caller or the manifest sets them. */
  readonly maxCallTimeoutMs: number;
  /** Bytes of one reply, unless the caller or the manifest sets another value. */
  readonly maxReplyBytes: number;
  /** Bytes of a reply with images, audio, blobs or pages of an app, unless a limit of replies is set. */
  readonly maxMediaBytes: number;
  /** Milliseconds for a notification, a response to the server, or the end of a session. */
  readonly noticeMs: number;
  /** Milliseconds for `server/discover`; then `initialize` is tried. */
  readonly probeMs: number;
  /** Milliseconds after which the era of an endpoint is detected again. */
  readonly eraHorizonMs: number;
  /** Milliseconds before an ended notification stream is reopened. Doubles up to 32 times this value. */
  readonly reopenMs: number;
}

export const DEFAULT_HTTP_CONNECTOR_LIMITS: HttpConnectorLimits = {
  callTimeoutMs: 20_000,
  maxCallTimeoutMs: 600_000,
  maxReplyBytes: 1024 * 1024,
  maxMediaBytes: 16 * 1024 * 1024,
  noticeMs: 5_000,
  probeMs: 4_000,
  eraHorizonMs: 600_000,
  reopenMs: 1_000,
};
