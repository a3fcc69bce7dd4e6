import type { AuditEvent, AuditEventDraft, AuditLevel } from '../../domain/audit/audit-event.ts';
import type { Durability } from '../../domain/audit/event-kinds.ts';
import type { Cursor, StoreCapabilities, TenantId } from './store.ts';

/** Filter of audit events. Criteria combine with "and". */
export interface AuditQuery {
  readonly serviceId?: string;
  readonly kind?: string;
  /** Minimum level. */
  readonly level?: AuditLevel;
  /** ISO 8601, inclusive; an event without a valid time does not match. */
  readonly since?: string;
  /** ISO 8601, exclusive. */
  readonly until?: string;
  /** The id of a caller. */
  readonly caller?: string;
  /** As `outcomeOf` returns it. */
  readonly outcome?: string;
  /** Maximum count: the newest, oldest first. */
  readonly limit: number;
}

/** A read of one page. */
export interface TelemetryRead extends AuditQuery {
  /** End of the last page; `end` starts with the next event. Absent: the oldest stored event. */
  readonly after?: Cursor | 'end';
}

/** One page of events. */
export interface TelemetryPage {
  /** The oldest matching events, at most `limit`, oldest first. */
  readonly events: readonly AuditEvent[];
  /** The `after` of the next page, also if no event matched. */
  readonly next: Cursor;
  /** The page ends with the newest event. */
  readonly atEnd: boolean;
  /** Count of events after the cursor that retention dropped before this read. */
  readonly missed: number;
}

/** First fault of the hash chain. */
export interface AuditFault {
  /** The first changed event, or the first of the flush with the wrong hash; absent for a whole file. */
  readonly seq?: number;
  readonly reason: string;
}

/**
 * Result of verifying the hash chain over the stored events. With a fault, the other members describe the part before it.
 */
export interface AuditVerdict {
  /** Count of unchanged events. */
  readonly records: number;
  readonly links: number;
  /** The last hash in hex; it identifies the events and their order. */
  readonly head: string;
  /** `seq` of the first and the last event; `to` is smaller than `from` if the store has no event. */
  readonly from: number;
  readonly to: number;
  /** Count of events that were accepted while the store could not write; no hash covers them. */
  readonly outside: number;
  /** Count of events that retention dropped and the chain still counts; absent when it dropped none. */
  readonly dropped?: number;
  /** Whether the chain contains the expected hash; absent without an expected hash. */
  readonly expected?: boolean;
  readonly fault?: AuditFault;
}

/** Options of a verification. */
export interface AuditVerification {
  /** The `head` of an earlier verdict. */
  readonly expect?: string;
}

/** Context of an append. */
export interface AppendContext {
  /** Unique per intended change. Repeating it adds no event and returns the stored ones, as long as they are stored. */
  readonly op?: string;
  /**
   * The event reports a fact: if the store cannot write, it keeps the event in memory, resolves, and writes it first when
   * it recovers. Events of recorded kinds always wait. Absent: a committed event is rejected.
   */
  readonly waits?: boolean;
}

/** `degraded`: the last write failed; events wait, and the store tries again. No store of this repository is `read-only`. */
export interface TelemetryHealth {
  readonly state: 'up' | 'degraded' | 'read-only';
  readonly reason?: string;
  /** Count of events and log lines since the opening that were accepted and are never stored. */
  readonly unrecorded: number;
  /** Retention dropped every event with a smaller `seq`. */
  readonly droppedBefore: number;
}

/** End of the hash chain. */
export interface AuditHead {
  /** Number of the last event with a link; 0 before the first. */
  readonly seq: number;
  /** As `AuditVerdict.head`. */
  readonly hash: string;
}

/** Metrics of the store. */
export interface TelemetryMetrics {
  /** The number of the newest event; 0 before the first. */
  readonly lastSeq: number;
  /** Bytes of the journal since the last compaction; 0 without a journal. */
  readonly bytes: number;
}

/** Durability per class of events, after the write is confirmed. */
export interface TelemetryCapabilities {
  readonly durable: Readonly<Record<Durability, StoreCapabilities['durable']>>;
  readonly maxValueBytes: number;
}

/**
 * Stores audit events and log lines of one tenant, or of several that share nothing: an operation for a tenant that the store
 * does not have is `invalid`. `append` assigns `seq` and `id` and resolves when the batch, which is applied as a
 * whole, has the durability of its strictest kind (`durabilityOf`). Log lines, per service, are recorded. Retention drops
 * the oldest of a class first; each class keeps its share (`CLASS_SHARES`). Every failure is a `StoreError`; after `dispose` it is `closed`.
 */
export interface Telemetry extends AsyncDisposable {
  readonly capabilities: TelemetryCapabilities;
  /** Cheap; no I/O. */
  readonly health: TelemetryHealth;
  /** The last link of the hash chain. A copy in another place detects a removed end: pass its hash to `verify`. No I/O. */
  readonly head?: AuditHead;
  /** Cheap; no I/O. Absent if the adapter does not count. */
  readonly figures?: TelemetryMetrics;
  append(tenant: TenantId, events: readonly AuditEventDraft[], context?: AppendContext): Promise<readonly AuditEvent[]>;
  events(tenant: TenantId, query: AuditQuery): Promise<readonly AuditEvent[]>;
  /** Returns pages from old to new. A cursor of another store is `invalid`. */
  read(tenant: TenantId, reading: TelemetryRead): Promise<TelemetryPage>;
  /** Returns the cursor after an event of this store. No I/O. */
  cursorOf(event: Pick<AuditEvent, 'seq' | 'id'>): Cursor;
  /** Verifies the hash chain over all stored events; each flush ends with a hash over the previous one. */
  verify(tenant: TenantId, verification?: AuditVerification): Promise<AuditVerdict>;
  /** Stores log lines of a service. */
  log(tenant: TenantId, serviceId: string, lines: readonly string[]): Promise<void>;
  /** Returns the newest `limit` log lines of a service, oldest first. */
  logs(tenant: TenantId, serviceId: string, limit: number): Promise<readonly string[]>;
  /** Deletes the log lines of a service. */
  dropLogs(tenant: TenantId, serviceId: string): Promise<void>;
}
