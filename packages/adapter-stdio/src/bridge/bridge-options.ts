import type { Readable, Writable } from 'node:stream';

/** Settings of `serveStdioBridge`. */
export interface StdioBridgeOptions {
  readonly input: Readable;
  /** The bridge writes only messages to it. */
  readonly output: Writable;
  /** The MCP endpoint of the daemon, for example `http://localhost:4707/mcp`. */
  readonly endpoint: URL;
  readonly token?: string;
  /** Further headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Writes one line to the diagnostic log. */
  readonly log: (line: string) => void;
  readonly limits?: Partial<StdioBridgeLimits>;
}

/** Limits of the bridge. */
export interface StdioBridgeLimits {
  /** Bytes of one message of the client. */
  readonly maxLineBytes: number;
  /** Bytes of one message of the daemon. */
  readonly maxReplyBytes: number;
  /** Requests of the client that may run at the same time. */
  readonly maxRequests: number;
  /** Milliseconds that running requests have after the end of the input. */
  readonly drainMs: number;
  /** Milliseconds before an ended stream is reopened. Doubles up to 32 times this value. */
  readonly reopenMs: number;
}

export const STDIO_BRIDGE_LIMITS: StdioBridgeLimits = {
  maxLineBytes: 16 * 1024 * 1024 + 64 * 1024,
  maxReplyBytes: 64 * 1024 * 1024,
  maxRequests: 512,
  drainMs: 10_000,
  reopenMs: 1_000,
};
