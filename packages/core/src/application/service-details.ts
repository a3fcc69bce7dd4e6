import type { AuditEvent } from '../domain/audit/audit-event.ts';
import type { ServiceView } from './service-view.ts';

/** How many of the newest of each are wanted. */
export interface DetailLimits {
  readonly logLimit: number;
  readonly eventLimit: number;
  readonly callLimit: number;
}

/** A service with what happened to it; each list oldest first. */
export interface ServiceDetails {
  readonly view: ServiceView;
  readonly logs: readonly string[];
  readonly events: readonly AuditEvent[];
  readonly recentCalls: readonly AuditEvent[];
}
