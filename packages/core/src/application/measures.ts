import type { CallMeasure } from '../domain/calls/call-metrics.ts';
import { REFUSAL_NAMES, type RefusalName } from '../domain/audit/limit-name.ts';
import type { Telemetry, TelemetryFigures } from '../ports/index.ts';
import { ALIAS_SERVICE, CONTROL_SERVICE } from './control/built-in.ts';
import type { AuditLog } from './audit-log.ts';
import type { CallTally } from './call-tally.ts';
import type { Refusals } from './refusals.ts';
import type { ServiceCatalog } from './service-catalog.ts';

/** What the runtime has counted since it began, read without any I/O. Everything is a copy or does not change any more. */
export interface RuntimeMeasures {
  /** One row per service that was called and is still registered; the runtime's own tools are two services. */
  readonly calls: readonly CallMeasure[];
  /** Entries of the audit, by kind. */
  readonly events: ReadonlyMap<string, number>;
  /** Calls that a policy did not let through, by rule. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What the bounds refused, by bound. */
  readonly bounds: ReadonlyMap<RefusalName, number>;
  readonly journal: JournalMeasure;
}

/** The journal of the telemetry; what a telemetry does not count is absent. */
export interface JournalMeasure extends Partial<TelemetryFigures> {
  /** Every event with a smaller number was dropped for room. */
  readonly droppedBefore: number;
  /** Entries and log lines that were served and not kept. */
  readonly unwritten: number;
}

export interface MeasureParts {
  readonly calls: CallTally;
  readonly refusals: Refusals;
  readonly audit: AuditLog;
  readonly telemetry: Telemetry;
  readonly catalog: ServiceCatalog;
}

export function readMeasures({ calls, refusals, audit, telemetry, catalog }: MeasureParts): RuntimeMeasures {
  const { droppedBefore, unrecorded } = telemetry.health;
  const counts = refusals.counts();
  const isThere = (serviceId: string): boolean =>
    serviceId === CONTROL_SERVICE || serviceId === ALIAS_SERVICE || catalog.find(serviceId) !== undefined;
  return {
    calls: calls.read(isThere),
    events: new Map(audit.tally.kinds),
    refusals: new Map(audit.tally.refusals),
    bounds: new Map(REFUSAL_NAMES.map((name) => [name, counts[name]])),
    journal: { ...telemetry.figures, droppedBefore, unwritten: audit.unwritten + unrecorded },
  };
}
