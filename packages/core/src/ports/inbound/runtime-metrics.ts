import type { CallMetrics } from '../../domain/calls/call-metrics.ts';
import type { LimitName } from '../../domain/audit/limit-name.ts';
import type { TelemetryMetrics, TelemetryHealth } from '../outbound/telemetry.ts';

/** What the runtime has counted since it began, read without any I/O. Everything is a copy or does not change any more. */
export interface RuntimeMetrics {
  /** One row per service that was called and is still registered; the runtime's own tools are two services. */
  readonly calls: readonly CallMetrics[];
  /** Entries of the audit, by kind. */
  readonly events: ReadonlyMap<string, number>;
  /** Calls that a policy did not let through, by rule. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What the bounds refused, by bound. */
  readonly bounds: ReadonlyMap<LimitName, number>;
  readonly journal: JournalMetrics;
}

/** The journal of the telemetry; what a telemetry does not count is absent. */
export interface JournalMetrics extends Partial<TelemetryMetrics> {
  /** Every event with a smaller number was dropped for room. */
  readonly droppedBefore: number;
  /** Entries and log lines that were served and not kept. */
  readonly unwritten: number;
}

/** What the bounds have refused since the runtime began, those of its edges included. */
export interface LimitCounts {
  /** For an edge that refuses something itself. */
  count(name: LimitName): void;
  /** Every name is there, those at zero too. */
  counts(): Readonly<Record<LimitName, number>>;
}

/** How well the runtime remembers. */
export interface StorageState {
  /** `degraded`: something is not kept as promised. `read-only`: no change is taken until a restart. */
  readonly state: TelemetryHealth['state'];
  readonly reason?: string;
  /** Records and log lines of this process that the telemetry did not take. */
  readonly unwritten: number;
  /** Every event of the audit with a smaller `seq` was dropped for room. */
  readonly droppedBefore: number;
}

/** Reads counters and states of the runtime, without I/O. */
export interface RuntimeMetricsReader {
  readonly limits: LimitCounts;
  storage(): StorageState;
  /** Returns the counters of this process. */
  metrics(): RuntimeMetrics;
}
