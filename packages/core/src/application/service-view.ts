import type { InterfaceSnapshot } from '../domain/interface-snapshot.ts';
import type { Service, ServiceStatus } from '../domain/service.ts';

/** A service as an observer sees it: what should be, what is, and what it offered when it was last asked. */
export interface ServiceView {
  readonly service: Service;
  readonly status: ServiceStatus;
  /** Whole seconds since it became RUNNING in this process; 0 when it is not running. */
  readonly uptimeSeconds: number;
  readonly interface?: InterfaceSnapshot;
}
