/** The word for the state of a service, as `clarityctl list` prints it. */
export type StateWord =
  'new' | 'starting' | 'ready' | 'degraded' | 'login' | 'retrying' | 'failing' | 'stopping' | 'stopped' | 'quarantined';

/** One service of the snapshot and of its deltas. Times are ISO 8601. */
export interface ServiceEntry {
  readonly id: string;
  readonly ns: string;
  readonly name?: string;
  /** Origin type of the manifest. */
  readonly kind: string;
  readonly what: string;
  readonly state: StateWord;
  readonly since?: string;
  /** Id of the problem of the service. */
  readonly cause?: string;
  /** Calls of the last minute. */
  readonly calls: number;
  /** Failed calls of the last minute. */
  readonly failed: number;
  readonly p95Ms?: number;
  readonly tools: number;
  readonly tokens: number;
  readonly restarts: number;
  readonly retryAt?: string;
  /** Count of definitions that are withheld until their change is accepted. */
  readonly held?: number;
  /** Newest line of stderr during a start. */
  readonly line?: string;
  /** The service is disabled. */
  readonly off?: boolean;
}

export interface ProblemRemedy {
  readonly kind: string;
  readonly name?: string;
  readonly ref?: string;
  /** The remedy as a sentence. */
  readonly text?: string;
  readonly command?: string;
}

/** One cause with all services that share it. */
export interface ProblemEntry {
  readonly id: string;
  readonly code: string;
  readonly severity: 'error' | 'warn';
  readonly state: StateWord;
  readonly since?: string;
  readonly count: number;
  /** Ids of at most 50 services. */
  readonly services: readonly string[];
  readonly source?: string;
  readonly line: string;
  readonly meaning: string;
  readonly retryAt?: string;
  readonly fix?: ProblemRemedy;
}

/** The caller of a call or of an event. */
export interface EventCaller {
  readonly kind: string;
  readonly id: string;
  readonly door: string;
  readonly profile?: string | undefined;
}

export type CallEnding = 'ok' | 'tool_error' | 'error' | 'denied';

/** One call, without its arguments and result. */
export interface CallEntry {
  readonly id: string;
  readonly at: string;
  readonly client?: { readonly name: string; readonly version?: string };
  readonly caller: EventCaller;
  /** Namespace of the service. */
  readonly service: string;
  readonly serviceId?: string;
  readonly tool: string;
  readonly outcome: CallEnding;
  readonly code?: string;
  readonly reason?: string;
  readonly durationMs: number;
  readonly queuedMs?: number;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
}

/** Figures of the last minute over all services. */
export interface MinuteReading {
  readonly at: string;
  readonly windowSeconds: number;
  readonly calls: number;
  readonly failed: number;
  readonly callsPerSecond: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly rssBytes: number;
  readonly services?: readonly ServiceFigures[];
}

/** Figures of one service whose calls changed since the last event. */
export interface ServiceFigures {
  readonly id: string;
  readonly calls: number;
  readonly failed: number;
  readonly p95Ms?: number;
}

export interface StoreCondition {
  readonly state: 'up' | 'degraded' | 'read-only';
  readonly reason?: string;
  readonly unwritten?: number;
}

export interface DaemonFacts {
  readonly version: string;
  readonly listen: string;
  readonly mcpPath: string;
  /** Command prefix that works on the machine of the daemon. */
  readonly cli: string;
  readonly pid: number;
  readonly startedAt: string;
  readonly rssBytes: number;
}

/** One request of a client that waits for an operator. */
export interface ApprovalEntry {
  readonly id: string;
  readonly digest: string;
  readonly tool: string;
  readonly state: string;
  readonly client?: string;
  readonly requestedBy: { readonly kind: string; readonly id: string; readonly door: string };
  readonly arguments?: unknown;
  readonly requestedAt: string;
  readonly expiresAt: string;
}

/** The state of the runtime at one cursor of the live stream. */
export interface ConsoleSnapshot {
  readonly cursor: string;
  readonly runtime: DaemonFacts;
  readonly storage: StoreCondition;
  readonly services: readonly ServiceEntry[];
  readonly problems: readonly ProblemEntry[];
  readonly approvals: readonly ApprovalEntry[];
  readonly figures?: MinuteReading;
  readonly grants?: readonly string[];
}

/** A change of the services. A list that is absent did not change. */
export interface StateDelta {
  readonly changed?: readonly ServiceEntry[];
  readonly removed?: readonly string[];
  readonly storage?: StoreCondition;
}
