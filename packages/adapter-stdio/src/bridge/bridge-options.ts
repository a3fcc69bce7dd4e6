import type { Readable, Writable } from 'node:stream';

export interface StdioBridgeOptions {
  readonly input: Readable;
  /** Nothing but messages is written to it. */
  readonly output: Writable;
  /** The MCP endpoint of the daemon, `http://localhost:4707/mcp` for one. */
  readonly endpoint: URL;
  readonly token?: string;
  /** One line for the person who looks for what went wrong. */
  readonly log: (line: string) => void;
  readonly limits?: Partial<StdioBridgeLimits>;
}

export interface StdioBridgeLimits {
  /** Bytes of one message of the client. */
  readonly maxLineBytes: number;
  /** Bytes of one message of the daemon. */
  readonly maxReplyBytes: number;
  /** Requests of the client that may wait for their answers at once. */
  readonly maxRequests: number;
  /** Milliseconds that what was asked may take to be answered after the input has ended. */
  readonly drainMs: number;
  /** Milliseconds before a stream that ended is opened again; doubled up to thirty-two times of it. */
  readonly reopenMs: number;
}

export const STDIO_BRIDGE_LIMITS: StdioBridgeLimits = {
  maxLineBytes: 1024 * 1024,
  maxReplyBytes: 16 * 1024 * 1024,
  maxRequests: 512,
  drainMs: 10_000,
  reopenMs: 1_000,
};
