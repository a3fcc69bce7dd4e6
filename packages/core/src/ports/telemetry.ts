import type { AuditEvent, AuditEventDraft, AuditLevel, Durability } from '../domain/audit-event.ts';
import type { Cursor, StoreCapabilities, TenantId } from './store.ts';

export interface AuditQuery {
  readonly serviceId?: string;
  readonly kind?: string;
  /** This level or a worse one. */
  readonly level?: AuditLevel;
  /** ISO 8601; an event whose own time is no date does not match. */
  readonly since?: string;
  /** At most this many, the newest, in the order in which they happened. */
  readonly limit: number;
}

export interface AuditReading extends AuditQuery {
  /** Where the last page ended; `end` begins with what is yet to come. Without it: with the oldest event that is kept. */
  readonly after?: Cursor | 'end';
}

export interface AuditPage {
  /** The oldest that match, at most `limit`, in the order in which they happened. */
  readonly events: readonly AuditEvent[];
  /** Give it as `after` to go on, also when nothing matched. */
  readonly next: Cursor;
  /** Nothing stands behind this page yet. */
  readonly atEnd: boolean;
  /** Events after the given cursor that were dropped before they were read. */
  readonly missed: number;
}

export interface AppendContext {
  /** Unique per intended change: repeating it, as long as its events are kept, adds nothing and answers what the first answered. */
  readonly op?: string;
}

/** `degraded`: it serves, and something is not being kept as promised. `read-only`: committed events are refused until a restart. */
export interface TelemetryHealth {
  readonly state: 'up' | 'degraded' | 'read-only';
  readonly reason?: string;
  /** Events and log lines that were served and not stored since the store was opened. */
  readonly unrecorded: number;
  /** Every event with a smaller `seq` was dropped for room. */
  readonly droppedBefore: number;
}

/** How much the store keeps of what happened. */
export interface TelemetryFigures {
  /** The number of the newest event; 0 before the first. */
  readonly lastSeq: number;
  /** Bytes of the journal since it was last folded; 0 where there is none. */
  readonly bytes: number;
}

/** What each class of events survives, once it is answered. */
export interface TelemetryCapabilities {
  readonly durable: Readonly<Record<Durability, StoreCapabilities['durable']>>;
  readonly maxValueBytes: number;
}

/**
 * What happened, in order. `append` gives each event its `seq` and `id` and resolves when all of the batch is as safe as
 * the class of its kinds asks (`durabilityOf`); log lines, kept per service, are recorded. Both are bounded: the oldest go
 * first. A batch is applied as a whole. Everything that fails, fails with a `StoreError`; after `dispose` that is `closed`.
 */
export interface Telemetry extends AsyncDisposable {
  readonly capabilities: TelemetryCapabilities;
  /** Cheap; no I/O. */
  readonly health: TelemetryHealth;
  /** Cheap; no I/O. Absent where nobody counts. */
  readonly figures?: TelemetryFigures;
  append(tenant: TenantId, events: readonly AuditEventDraft[], context?: AppendContext): Promise<readonly AuditEvent[]>;
  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]>;
  /** Pages from old to new; a cursor that this store did not give is `invalid`. */
  read(tenant: TenantId, reading: AuditReading): Promise<AuditPage>;
  log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void>;
  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]>;
  dropLogs(tenant: TenantId, serviceId: string): Promise<void>;
}
