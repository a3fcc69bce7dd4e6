import type { AuditLevel, AuditEvent, AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { AuditVerdict } from '../outbound/telemetry.ts';

export interface AuditFilter {
  readonly limit: number;
  /** A cursor of an earlier page, or `start`: what happened after it, oldest first. Without one: the newest. */
  readonly after?: string | undefined;
  readonly kind?: string | undefined;
  readonly serviceId?: string | undefined;
  /** This level or a worse one. */
  readonly level?: AuditLevel | undefined;
  /** ISO 8601: from this time on, and before that one. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The id of a caller. */
  readonly caller?: string | undefined;
  /** `ok`, `error`, `denied`, or what the event itself says. */
  readonly outcome?: string | undefined;
}

export interface AuditPage {
  /** In the order in which they happened. */
  readonly items: readonly AuditEvent[];
  /** Hand it back as `after` for what comes next. Opaque. */
  readonly next: string;
  /** How many after the given cursor were dropped for room before they were read; absent when none were. */
  readonly missed?: number;
}

export interface AuditReplay {
  /** In the order in which they happened. */
  readonly items: readonly AuditEvent[];
  /** How many of those asked for are not kept any more. */
  readonly missed: number;
}

export interface AuditTrail {
  /** Adds what an edge saw, a failed login for one. Time and number are put in by the runtime. */
  record(event: Omit<AuditEventDraft, 'at'>): Promise<void>;
  /** The newest `limit` events, oldest first. */
  recent(caller: Caller, query: { limit: number; serviceId?: string }): Promise<readonly AuditEvent[]>;
  /** By kind, service and level; from a cursor on, or the newest. */
  page(caller: Caller, filter: AuditFilter): Promise<AuditPage>;
  /** The newest `limit` events after the one with this number; the newest of all when it is none that was given out. */
  replay(caller: Caller, after: number | undefined, limit: number): Promise<AuditReplay>;
  /** Reads all that is stored and compares it with its chain of hashes; `expect` is the head of an earlier verdict. */
  verify(caller: Caller, expect?: string): Promise<AuditVerdict>;
  /** The newest `limit` log lines of a service, oldest first; SERVICE_NOT_FOUND when there is no such service. */
  logs(caller: Caller, serviceId: string, limit: number): Promise<readonly string[]>;
}
