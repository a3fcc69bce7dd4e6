import type { InterfaceSnapshot } from '../domain/interfaces/interface-snapshot.ts';
import type { Service, ServiceStatus } from '../domain/services/service.ts';
import type { CallLoad } from '../domain/calls/call-metrics.ts';

/** A service as an observer sees it: what should be, what is, and what it offered when it was last asked. */
export interface ServiceView {
  readonly service: Service;
  readonly status: ServiceStatus;
  /** Whole seconds since it became RUNNING in this process; 0 when it is not running. */
  readonly uptimeSeconds: number;
  readonly interface?: InterfaceSnapshot;
  readonly calls: CallLoad;
}
