import { ALIAS_SERVICE, CONTROL_SERVICE } from '../application/control/built-in-service.ts';
import type { AuditLog } from '../application/audit/audit-log.ts';
import type { CallCounter } from '../application/audit/counters.ts';
import type { ServiceCatalog } from '../application/services/service-catalog.ts';
import { LIMIT_NAMES } from '../domain/audit/limit-name.ts';
import type { Telemetry } from '../ports/index.ts';
import type {
  LimitCounts,
  RuntimeMetrics,
  RuntimeMetricsReader,
  StorageState,
} from '../ports/inbound/runtime-metrics.ts';

export interface MetricsReaderDependencies {
  readonly calls: CallCounter;
  readonly limits: LimitCounts;
  readonly audit: AuditLog;
  readonly telemetry: Telemetry;
  readonly catalog: ServiceCatalog;
}

/** Reads the counters of one runtime. Reading does no I/O. */
export class MetricsReader implements RuntimeMetricsReader {
  readonly limits: LimitCounts;
  readonly #dependencies: MetricsReaderDependencies;

  constructor(dependencies: MetricsReaderDependencies) {
    this.limits = dependencies.limits;
    this.#dependencies = dependencies;
  }

  storage(): StorageState {
    const { audit, telemetry } = this.#dependencies;
    const { state, reason, droppedBefore } = telemetry.health;
    return { state, ...(reason === undefined ? {} : { reason }), unwritten: audit.unwritten, droppedBefore };
  }

  metrics(): RuntimeMetrics {
    const { audit, calls, catalog, telemetry } = this.#dependencies;
    const { droppedBefore, unrecorded } = telemetry.health;
    const counts = this.limits.counts();
    const exists = (serviceId: string): boolean =>
      serviceId === CONTROL_SERVICE || serviceId === ALIAS_SERVICE || catalog.find(serviceId) !== undefined;
    return {
      calls: calls.read(exists),
      events: new Map(audit.tally.kinds),
      refusals: new Map(audit.tally.refusals),
      bounds: new Map(LIMIT_NAMES.map((name) => [name, counts[name]])),
      journal: { ...telemetry.figures, droppedBefore, unwritten: audit.unwritten + unrecorded },
    };
  }
}
