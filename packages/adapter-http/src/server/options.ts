import type { WorkerLoad } from '../metrics/metric.ts';

export interface HttpLimits {
  /** Bytes that one request body may have; 1 MiB when absent. */
  readonly maxBodyBytes: number;
  /** Milliseconds for a whole request to arrive, its head and its body. */
  readonly requestTimeoutMs: number;
  /** How often, in milliseconds, that is looked at. */
  readonly checkIntervalMs: number;
  /** Milliseconds that an idle connection is kept. */
  readonly keepAliveMs: number;
  /** Milliseconds that the rest of a refused upload is discarded for, so that its sender can read the answer. */
  readonly lingerMs: number;
  /** Milliseconds that `close` waits for running requests. */
  readonly closeGraceMs: number;
  /** Streams of events that may be open at once. */
  readonly maxEventStreams: number;
  /** Milliseconds between two comments on a stream of events. */
  readonly eventHeartbeatMs: number;
  /** Bytes that may wait for a slow reader of events; one that is further behind is cut. */
  readonly maxEventBacklogBytes: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  maxBodyBytes: 1024 * 1024,
  requestTimeoutMs: 15_000,
  checkIntervalMs: 1_000,
  keepAliveMs: 60_000,
  lingerMs: 500,
  closeGraceMs: 2_000,
  maxEventStreams: 64,
  eventHeartbeatMs: 15_000,
  maxEventBacklogBytes: 256 * 1024,
};

export interface RequestListenerOptions {
  /** The address that the host server is bound to; besides loopback names it may stand in `Host`. */
  readonly host?: string;
  /** Asked of every caller of `/api` and `/mcp`. Without one these serve loopback peers only. */
  readonly token?: string;
  /** Further names that `Host` may carry; ports are not compared. */
  readonly allowedHosts?: readonly string[];
  /** Folder of the built status page, read once. */
  readonly statusPageFolder?: string;
  /** Gives callers of `/mcp` the grants `provision` and `secrets`; with `approve` only the first, for an operator decides. */
  readonly mcpProvisioning?: boolean | 'approve';
  /** Signs the ids of MCP sessions: with the same key they outlive the process. A random one when absent. */
  readonly mcpSessionKey?: Uint8Array;
  readonly limits?: Partial<HttpLimits>;
  /** Shown in `/metrics`; nothing of workers is when absent. */
  readonly workers?: () => WorkerLoad;
  /** What `/readyz` says; always ready when absent. */
  readonly ready?: () => boolean;
  /** Answers a challenge, so that a client knows whom it speaks to before it sends its token; no answer when absent. */
  readonly prove?: (challenge: string) => string | undefined;
  /** Aborts when the host server closes: streams of events end then, and when the runtime closes. */
  readonly closing?: AbortSignal;
  /** One entry for the daemon's own log: what a caller is not told about an error; standard error when absent. */
  readonly onError?: (line: string) => void;
}

export interface HttpServerOptions extends RequestListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}
