import { LIMIT_NAMES } from '../domain/audit/limit-name.ts';
import type { Telemetry } from '../ports/index.ts';
import { ALIAS_SERVICE, CONTROL_SERVICE } from '../application/control/built-in-service.ts';
import type { AuditLog } from '../application/audit/audit-log.ts';
import type { CallCounter, LimitCounters } from '../application/audit/counters.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import type { RuntimeMetrics } from '../ports/inbound/runtime-metrics.ts';

export interface RuntimeMetricsDependencies {
  readonly calls: CallCounter;
  readonly refusals: LimitCounters;
  readonly audit: AuditLog;
  readonly telemetry: Telemetry;
  readonly catalog: ServiceCatalog;
}

export function readRuntimeMetrics({
  calls,
  refusals,
  audit,
  telemetry,
  catalog,
}: RuntimeMetricsDependencies): RuntimeMetrics {
  const { droppedBefore, unrecorded } = telemetry.health;
  const counts = refusals.counts();
  const isThere = (serviceId: string): boolean =>
    serviceId === CONTROL_SERVICE || serviceId === ALIAS_SERVICE || catalog.find(serviceId) !== undefined;
  return {
    calls: calls.read(isThere),
    events: new Map(audit.tally.kinds),
    refusals: new Map(audit.tally.refusals),
    bounds: new Map(LIMIT_NAMES.map((name) => [name, counts[name]])),
    journal: { ...telemetry.figures, droppedBefore, unwritten: audit.unwritten + unrecorded },
  };
}
