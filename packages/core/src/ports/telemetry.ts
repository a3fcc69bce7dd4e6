import type { AuditEvent, AuditEventDraft } from '../domain/audit-event.ts';
import type { TenantId } from './store.ts';

export interface AuditQuery {
  readonly serviceId?: string;
  /** At most this many, the newest, in the order in which they happened. */
  readonly limit: number;
}

/**
 * What happened, in order. `append` gives each event its `seq`, gap-free and increasing, and resolves when the events are
 * as safe as the adapter promises. Log lines are kept per service. Both are bounded: the oldest go first.
 */
export interface Telemetry extends AsyncDisposable {
  append(tenant: TenantId, events: readonly AuditEventDraft[]): Promise<readonly AuditEvent[]>;
  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]>;
  log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void>;
  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]>;
  dropLogs(tenant: TenantId, serviceId: string): Promise<void>;
}
