import type { AuditLevel, AuditEvent, AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { Caller, CallerRecord } from '../../domain/access/caller.ts';
import type { StoredEvent } from '../outbound/audit-store.ts';
import type { AuditVerdict } from '../outbound/telemetry.ts';

/** Filter of an audit page. Criteria combine with "and". */
export interface AuditFilter {
  /** Maximum count of events. */
  readonly limit: number;
  /** Cursor of an earlier page, or `start`: selects later events, oldest first. Absent: the newest events. */
  readonly after?: string | undefined;
  readonly kind?: string | undefined;
  readonly serviceId?: string | undefined;
  /** Minimum level. */
  readonly level?: AuditLevel | undefined;
  /** ISO 8601, inclusive. */
  readonly since?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  /** Id of a caller. */
  readonly caller?: string | undefined;
  /** `ok`, `error`, `denied`, or the outcome in the data of the event. */
  readonly outcome?: string | undefined;
}

/** One page of audit events. */
export interface AuditPage {
  /** Oldest first. */
  readonly items: readonly AuditEvent[];
  /** Opaque cursor: pass it as `after` to read the next page. */
  readonly next: string;
  /** Count of events after the given cursor that retention dropped before this read; absent if 0. */
  readonly missed?: number;
}

/** Events after a given cursor, for a client that resumes. */
export interface AuditReplay {
  /** Oldest first, each with the cursor after it. */
  readonly items: readonly StoredEvent[];
  /** Count of requested events that are not in `items`. */
  readonly missed: number;
  /** The given cursor is not known, so `items` are the newest events. */
  readonly isReset: boolean;
}

/** An event before the runtime assigns its time and number. */
export interface ObservedEvent extends Omit<AuditEventDraft, 'at' | 'caller'> {
  readonly caller?: Caller | CallerRecord;
}

/** The audit log. */
export interface AuditTrail {
  /** Appends an event that an adapter observed, for example a failed login. The runtime assigns time and number. */
  record(event: ObservedEvent): Promise<void>;
  /** Returns the newest `limit` events, oldest first. */
  recent(caller: Caller, query: { limit: number; serviceId?: string }): Promise<readonly AuditEvent[]>;
  /** Returns one page: the events after a cursor, or the newest ones. */
  page(caller: Caller, filter: AuditFilter): Promise<AuditPage>;
  /** Returns the newest `limit` events after a cursor; the newest of all events without a known cursor. */
  replay(caller: Caller, after: string | undefined, limit: number): Promise<AuditReplay>;
  /** Returns the cursor after an event. */
  cursorOf(event: AuditEvent): string;
  /** Verifies the hash chain of all stored events. `expect` is the head of an earlier verdict, in hex. */
  verify(caller: Caller, expect?: string): Promise<AuditVerdict>;
  /**
   * Returns the newest `limit` log lines of a service, oldest first.
   * @throws ClarityError SERVICE_NOT_FOUND for an unknown service.
   */
  logs(caller: Caller, serviceId: string, limit: number): Promise<readonly string[]>;
}
