import type { Caller } from '../../domain/access/caller.ts';
import type { CallFilter, CallRecord } from '../../domain/calls/call-record.ts';
import type { CallingClient } from '../../domain/calls/seen-clients.ts';
import type { Problem } from '../../domain/services/problem.ts';
import type { ProblemGroup } from '../../domain/services/problem-groups.ts';
import type { StatusWord } from '../../domain/services/status-word.ts';

/** One service in a table of many: its state, its size and its calls of the last minute. */
export interface ServiceRow {
  readonly serviceId: string;
  readonly namespace: string;
  readonly displayName?: string;
  readonly originType: string;
  /** Command or address, as far as the caller may read it. Values are hidden. */
  readonly what: string;
  readonly isEnabled: boolean;
  readonly state: StatusWord;
  /** Begin of the state in ISO 8601; absent before the first change in this process. */
  readonly since?: string;
  /** Id of the group of its problem. */
  readonly problemId?: string;
  readonly calls: number;
  readonly failed: number;
  readonly p95Ms?: number;
  readonly tools: number;
  /** Estimate of the tokens of its list of tools: bytes of JSON divided by 4. */
  readonly tokens: number;
  readonly restarts: number;
  /** ISO 8601. */
  readonly retryAt?: string;
  /** Number of entries of its interface that wait for an operator. */
  readonly held: number;
  /** Newest line of stderr during a start, for callers that may read logs. */
  readonly startLine?: string;
}

/** The services that a caller may read, and what is wrong with them. */
export interface ServiceStates {
  /** Opaque position: pass it to `changes`. */
  readonly position: string;
  /** By namespace. */
  readonly rows: readonly ServiceRow[];
  /** By urgency. */
  readonly problems: readonly ProblemGroup[];
}

/** The difference after a position. */
export interface StateChanges {
  readonly position: string;
  readonly rows: readonly ServiceRow[];
  /** Ids. */
  readonly removed: readonly string[];
  /** All problems, if one of them differs. */
  readonly problems?: readonly ProblemGroup[];
}

/** Calls of a span of time. Durations are estimates from a histogram, absent without calls. */
export interface CallFigures {
  readonly calls: number;
  readonly failed: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
}

/** Calls of the last minute, of the services that the caller may read. */
export interface MinuteFigures extends CallFigures {
  readonly inFlight: number;
  readonly waiting: number;
  /** Services with a call in this minute. */
  readonly services: readonly (CallFigures & { readonly serviceId: string })[];
}

/** Seconds of one point of a series. */
export type SeriesStep = 5 | 60 | 120;

/** Figures of the last hour, oldest first. */
export interface FigureSeries {
  /** Begin of the first point in ISO 8601. */
  readonly from: string;
  readonly stepSeconds: SeriesStep;
  readonly points: readonly CallFigures[];
}

/** A page of ended calls, newest first. */
export interface CallPage {
  readonly items: readonly CallRecord[];
  /** Pass it as `after` to read older calls. Absent on the last page. */
  readonly next?: string;
}

/** Calls after a position. */
export interface NewCalls {
  /** Oldest first. */
  readonly items: readonly CallRecord[];
  /** Number of calls that are not in `items`. */
  readonly skipped: number;
}

/**
 * The state of all services and their calls for one page, without I/O on each read. Everything is filtered by the grants of the
 * caller: `read` for states and figures, `inspect` for calls and for lines of logs.
 * @throws ClarityError GRANT_REQUIRED, SERVICE_NOT_FOUND
 */
export interface OverviewOperations {
  states(caller: Caller): Promise<ServiceStates>;
  /** Returns the problems of services by service id, as the caller may see them. Reads logs of services that failed. */
  problems(caller: Caller): Promise<ReadonlyMap<string, Problem>>;
  /** Returns the problem of one service, as the caller may see it. Reads its log if it failed. */
  problem(caller: Caller, serviceId: string): Promise<Problem | undefined>;
  /** Returns the present position. The first use begins to follow the changes. No I/O. */
  position(): string;
  /** Returns what differs after a position; undefined if it is not known: read `states` again. No I/O. */
  changes(caller: Caller, position: string): StateChanges | undefined;
  /** Returns the states of the services that the caller may read. */
  words(caller: Caller): readonly Pick<ServiceRow, 'state'>[];
  minute(caller: Caller): MinuteFigures;
  /** Returns the series of one service, or of all. Percentiles need a step of 60 seconds for one service. */
  series(caller: Caller, query: { readonly serviceId?: string | undefined; readonly step: SeriesStep }): FigureSeries;
  /** Returns calls per point for some services; unknown ids are absent. */
  sparks(
    caller: Caller,
    serviceIds: readonly string[],
    query: { readonly step: SeriesStep; readonly points: number },
  ): ReadonlyMap<string, readonly number[]>;
  calls(caller: Caller, query: CallFilter & { readonly limit: number; readonly after?: string | undefined }): CallPage;
  /** Returns the clients of the calls that are kept and that the caller may see, the latest first. */
  clients(caller: Caller): readonly CallingClient[];
  /** Returns the newest calls after a position, oldest first, and the number of older ones that are left out. */
  callsAfter(caller: Caller, position: string, limit: number): NewCalls;
}
