import type { AuditEventReply } from '@clarity-runtime/api-contract';

/** An event with the count of equal events that directly follow each other. */
export interface CollapsedEvent {
  /** The newest of them. */
  readonly event: AuditEventReply;
  readonly times: number;
}

/** Joins neighbours of the same kind, service, level and message. The sum of the counts is the count of the events. */
export function collapseRepeats(events: readonly AuditEventReply[]): readonly CollapsedEvent[] {
  const rows: { event: AuditEventReply; times: number }[] = [];
  for (const event of events) {
    const last = rows.at(-1);
    if (last !== undefined && isRepeat(last.event, event)) last.times += 1;
    else rows.push({ event, times: 1 });
  }
  return rows;
}

const isRepeat = (a: AuditEventReply, b: AuditEventReply): boolean =>
  a.kind === b.kind && a.serviceId === b.serviceId && a.level === b.level && a.message === b.message;
