import type { AuditEvent, AuditEventDraft, AuditLevel } from '../../domain/audit/audit-event.ts';
import type { Durability } from '../../domain/audit/event-kinds.ts';
import type { Cursor, StoreCapabilities, TenantId } from './store.ts';

export interface AuditQuery {
  readonly serviceId?: string;
  readonly kind?: string;
  /** This level or a worse one. */
  readonly level?: AuditLevel;
  /** ISO 8601; an event whose own time is no date does not match. */
  readonly since?: string;
  /** ISO 8601; this time itself does not match. */
  readonly until?: string;
  /** The id of a caller. */
  readonly caller?: string;
  /** As `outcomeOf` has it. */
  readonly outcome?: string;
  /** At most this many, the newest, in the order in which they happened. */
  readonly limit: number;
}

export interface TelemetryRead extends AuditQuery {
  /** Where the last page ended; `end` begins with what is yet to come. Without it: with the oldest event that is kept. */
  readonly after?: Cursor | 'end';
}

export interface TelemetryPage {
  /** The oldest that match, at most `limit`, in the order in which they happened. */
  readonly events: readonly AuditEvent[];
  /** Give it as `after` to go on, also when nothing matched. */
  readonly next: Cursor;
  /** Nothing stands behind this page yet. */
  readonly atEnd: boolean;
  /** Events after the given cursor that were dropped before they were read. */
  readonly missed: number;
}

/** What is wrong with the chain, and where it begins to be. */
export interface AuditFault {
  /** The first event that is not what was written, or the first of those that one hash covers; absent for a whole file. */
  readonly seq?: number;
  readonly reason: string;
}

/** What the chain of hashes over the kept events says. With a fault, everything but that is of the part before it. */
export interface AuditVerdict {
  /** Events that are what was written. */
  readonly records: number;
  readonly links: number;
  /** The last hash, in hex. The same events, in the same order, cannot have another; no other events have this one. */
  readonly head: string;
  /** `seq` of the first and the last event; `to` is smaller than `from` when there is none. */
  readonly from: number;
  readonly to: number;
  /** Events that were served while the store could not write: no hash covers them. */
  readonly outside: number;
  /** Whether the expected hash stands in the chain; absent when none was given. */
  readonly expected?: boolean;
  readonly fault?: AuditFault;
}

export interface AuditVerification {
  /** The `head` of an earlier verdict. */
  readonly expect?: string;
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
export interface TelemetryMetrics {
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
  readonly figures?: TelemetryMetrics;
  append(tenant: TenantId, events: readonly AuditEventDraft[], context?: AppendContext): Promise<readonly AuditEvent[]>;
  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]>;
  /** Pages from old to new; a cursor that this store did not give is `invalid`. */
  read(tenant: TenantId, reading: TelemetryRead): Promise<TelemetryPage>;
  /** Reads all that is stored and compares it with its hashes: each flush of events closes with one over the one before. */
  verify(tenant: TenantId, verification?: AuditVerification): Promise<AuditVerdict>;
  log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void>;
  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]>;
  dropLogs(tenant: TenantId, serviceId: string): Promise<void>;
}
