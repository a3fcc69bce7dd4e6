import type { Socket } from 'node:net';
import type { Runtime, Verb, Words } from '@clarity-runtime/core';
import type { ImportOperations } from '../api/import-routes.ts';
import type { TenantOperations } from '../api/tenant-operations.ts';
import type { SettingsReader } from '../api/status-routes.ts';
import type { CallerResolver } from '../guard/caller-resolver.ts';
import type { ResourceServerOptions } from '../guard/resource-server.ts';
import type { TombstoneStore } from '../mcp/session-tombstones.ts';
import type { AuditExportLoad, WorkerLoad } from '../metrics/metric.ts';
import { maxConnections } from './connection-limit.ts';

/** Limits of inbound requests and connections. */
export interface HttpLimits {
  /** Maximum number of inbound connections; default: half of the open files that the system allows, at most 4,096. */
  readonly maxConnections: number;
  /** Maximum size of a request body of the API in bytes; default 1 MiB. */
  readonly maxBodyBytes: number;
  /** Maximum size of a message to the MCP endpoint in bytes: above the largest `maxRequestBytes`; default 16 MiB and 64 KiB. */
  readonly maxMessageBytes: number;
  /** Timeout in milliseconds for the headers and the body of a request. */
  readonly requestTimeoutMs: number;
  /** Interval in milliseconds of the check of `requestTimeoutMs`. A daemon without a client wakes up for it. */
  readonly checkIntervalMs: number;
  /** Milliseconds after which an idle connection is closed. */
  readonly keepAliveMs: number;
  /** Milliseconds for which the rest of a refused body is discarded, so that the client can read the reply. */
  readonly lingerMs: number;
  /** Milliseconds that `close` waits for open requests. */
  readonly closeGraceMs: number;
  /** Maximum number of open event streams. */
  readonly maxEventStreams: number;
  /** Milliseconds between two heartbeats of an event stream. */
  readonly eventHeartbeatMs: number;
  /** Maximum number of pending bytes of an event stream; a slower client is disconnected. */
  readonly maxEventBacklogBytes: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  maxConnections: maxConnections(),
  maxBodyBytes: 1024 * 1024,
  maxMessageBytes: 16 * 1024 * 1024 + 64 * 1024,
  requestTimeoutMs: 15_000,
  checkIntervalMs: 5_000,
  keepAliveMs: 60_000,
  lingerMs: 500,
  closeGraceMs: 2_000,
  maxEventStreams: 64,
  eventHeartbeatMs: 15_000,
  maxEventBacklogBytes: 256 * 1024,
};

/** The tenants of a server besides `default`. */
export interface ServedTenants extends TenantOperations {
  /** Keeps MCP sessions of a runtime over a restart; without it they end with the process. */
  sessionsOf?(runtime: Runtime): Pick<RequestListenerOptions, 'mcpSessionKey' | 'mcpTombstones'>;
}

/** Settings of `createRequestListener`. Each has a default. */
export interface RequestListenerOptions {
  /** The address of the server. `Host` may have this name or a loopback name. */
  readonly host?: string;
  /** The token that `/api` and `/mcp` require. Without a token they serve only loopback peers. */
  readonly token?: string;
  /**
   * Identifies the callers of `/api`, `/metrics` and `/mcp`. It replaces tokens, sessions of the page and the trust in this
   * machine: `token`, `mcpGrants`, `mcpProvisioning`, `requireToken` and `isServicePeer` have no effect on it.
   */
  readonly callers?: CallerResolver;
  /**
   * Prefix of all paths, for example `/tools`, for a server that does not remove it from the request target. A router that
   * mounts the listener removes it. Default: none.
   */
  readonly basePath?: string;
  /** Additional names for `Host`; ports are not compared. */
  readonly allowedHosts?: readonly string[];
  /**
   * The address that users open, for example of a proxy with TLS. Its host and its origin are accepted; with `https` the
   * cookie of the page is `Secure` and browsers are asked to use TLS only.
   */
  readonly publicUrl?: URL;
  /** Accepts signed tokens of an authorization server at `/mcp`. Needs `publicUrl`, which names the resource. */
  readonly resourceServer?: ResourceServerOptions;
  /** Exact origins of browser clients that may use `/mcp`. */
  readonly allowedOrigins?: readonly string[];
  /** Words of remedies in responses: those of the library, or of `clarityd` and `clarityctl`. Default: `library`. */
  readonly words?: Words;
  /** The command line program as a user types it, in commands that fix problems. Default: `clarityctl`. */
  readonly cli?: string;
  /** Returns the settings of the program as text, without secrets, for `/api/config`. */
  readonly settings?: SettingsReader;
  /** Folder of the built status page; it is read once. */
  readonly statusPageFolder?: string;
  /** Imports servers from the configurations of AI clients on this machine; `/api/import` refuses without it. */
  readonly imports?: ImportOperations;
  /**
   * Other tenants of the daemon. Their tokens have the runtime of their tenant; an operator of all tenants chooses one with the
   * header `x-clarity-tenant`. Without it the runtime is the only one.
   */
  readonly tenants?: ServedTenants;
  /** Grants `provision` and `secrets` to callers of `/mcp`; `approve` grants `provision` with an approval per request. */
  readonly mcpProvisioning?: boolean | 'approve';
  /**
   * Verbs of callers of `/mcp` without a token of their own; default: `read`, `call`, `inspect`, `operate`, and what
   * `mcpProvisioning` opens. `approve` and `admin` are never granted there.
   */
  readonly mcpGrants?: readonly Verb[];
  /** Ends the trust in loopback peers without a credential. */
  readonly requireToken?: boolean;
  /** The key that signs ids of MCP sessions: with the same key they survive a restart. Default: a random key. */
  readonly mcpSessionKey?: Uint8Array;
  /** Keeps ended MCP sessions over a restart. */
  readonly mcpTombstones?: TombstoneStore;
  readonly limits?: Partial<HttpLimits>;
  /** Returns the metrics of WebAssembly workers. Without it `/metrics` has no metrics of workers. */
  readonly workers?: () => WorkerLoad;
  /** Returns the state of each export of the audit log. */
  readonly auditExports?: () => readonly AuditExportLoad[];
  /** Returns the state of `/readyz`; default: always ready. */
  readonly ready?: () => boolean;
  /**
   * Returns whether a process of a service opened a loopback connection. Without a token such a peer is refused at the API,
   * and may only read and call at `/mcp`. Asked once per connection.
   */
  readonly isServicePeer?: (socket: Socket) => Promise<boolean>;
  /** Returns the proof for a challenge, so that a client can verify the daemon before it sends its token. */
  readonly prove?: (challenge: string) => string | undefined;
  /**
   * Returns whether a text is a credential `clk_…` that the command line of the same user has made; it is the operator at the
   * API. Not used when `token` is set. Default: no text is one.
   */
  readonly isOfUser?: (credential: string) => boolean;
  /** Aborts when the server closes. Event streams end then, and when the runtime closes. */
  readonly closing?: AbortSignal;
  /** Receives one log entry with the details of an error that a reply omits; default: standard error. */
  readonly onError?: (line: string) => void;
}

/** Settings of `createHttpServer`. */
export interface HttpServerOptions extends RequestListenerOptions {
  readonly host: string;
  /** Other addresses to listen on, with the same port; an address that this machine does not have is skipped. */
  readonly otherHosts?: readonly string[];
  /** 0 selects a port that is free on all addresses. */
  readonly port: number;
}
