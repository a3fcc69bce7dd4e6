import type { CallMetrics } from '../../domain/calls/call-metrics.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { TelemetryMetrics, TelemetryHealth } from '../outbound/telemetry.ts';

/** Counters since the start of the process, read without I/O. A snapshot: later calls do not change it. */
export interface RuntimeMetrics {
  /** One row per called service that is still registered. The control tools have two rows of their own. */
  readonly calls: readonly CallMetrics[];
  /** Count of audit events, by kind. */
  readonly events: ReadonlyMap<string, number>;
  /** Count of calls that a policy denied, by rule. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Count of inputs that a limit rejected, by limit. */
  readonly bounds: ReadonlyMap<LimitName, number>;
  readonly journal: JournalMetrics;
}

/** Metrics of the journal. A value that the adapter does not count is absent. */
export interface JournalMetrics extends Partial<TelemetryMetrics> {
  /** Retention dropped every event with a smaller `seq`. */
  readonly droppedBefore: number;
  /** Count of audit events and log lines that were accepted and not stored. */
  readonly unwritten: number;
}

/** Counters of rejected inputs since the start of the process, including those of the adapters. */
export interface LimitCounts {
  /** Counts one rejection of an adapter. */
  count(name: LimitName): void;
  /** Returns all counters, including zeros. */
  counts(): Readonly<Record<LimitName, number>>;
}

/** State of the telemetry store. Published JSON of the API. */
export interface StorageState {
  /** `degraded`: events wait in memory and changes can fail until the store recovers by itself. `read-only` is not used. */
  readonly state: TelemetryHealth['state'];
  readonly reason?: string;
  /** Count of events and log lines of this process that were not stored. */
  readonly unwritten: number;
  /** Retention dropped every audit event with a smaller `seq`. */
  readonly droppedBefore: number;
}

/** Reads counters and states of the runtime, without I/O. */
export interface RuntimeMetricsReader {
  readonly limits: LimitCounts;
  /** Returns the state of the telemetry store. */
  storage(): StorageState;
  /** Returns the counters of this process. */
  metrics(): RuntimeMetrics;
}
