import type { AuditEvent } from '@clarity-runtime/core';

/** Number and id of an event. */
export type LastExported = Pick<AuditEvent, 'seq' | 'id'>;

/** A destination of audit events outside of the workspace. */
export interface AuditSink {
  /** Kind of the destination: a label of metrics, without its address. */
  readonly name: 'file' | 'syslog' | 'otlp';
  /** Returns the last event that the destination has, if it can tell. */
  last?(): Promise<LastExported | undefined>;
  /** Resolves when the destination has the events. Rejects when it may not have all of them: they are sent again. */
  write(events: readonly AuditEvent[], signal: AbortSignal): Promise<void>;
  /** Opens the destination again at the next write, for example after its file was renamed. */
  reopen(): void;
  close(): Promise<void>;
}
