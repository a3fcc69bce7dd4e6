import type { Caller, Runtime } from '@clarity-runtime/core';

export interface LiveLimits {
  readonly maxEventStreams: number;
}

export interface LiveHubDependencies {
  readonly runtime: Runtime;
  readonly limits: LiveLimits;
  /** The command line program as a user types it. */
  readonly cli: string;
  readonly closing?: AbortSignal | undefined;
}

/** A request for a stream. */
export interface LiveRequest {
  readonly caller: Caller;
  /** Comma-separated. */
  readonly topics: string;
  /** Position of an earlier event or of a snapshot. */
  readonly after: string | undefined;
}
