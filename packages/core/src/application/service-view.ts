import type { CircuitReport } from './recovery/circuit-report.ts';
import type { InterfaceSnapshot } from '../domain/interfaces/interface-snapshot.ts';
import type { Service, ServiceStatus } from '../domain/services/service.ts';

/** Calls of a service in this process: under way, waiting for a place, and not let through so far. */
export interface CallLoad {
  readonly inFlight: number;
  readonly waiting: number;
  readonly refused: number;
  /** Present while calls are kept away since too many have failed. */
  readonly circuit?: CircuitReport;
}

/** A service as an observer sees it: what should be, what is, and what it offered when it was last asked. */
export interface ServiceView {
  readonly service: Service;
  readonly status: ServiceStatus;
  /** Whole seconds since it became RUNNING in this process; 0 when it is not running. */
  readonly uptimeSeconds: number;
  readonly interface?: InterfaceSnapshot;
  readonly calls: CallLoad;
}
