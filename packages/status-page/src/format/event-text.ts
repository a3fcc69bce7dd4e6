import type { AuditEventReply } from '@clarity-runtime/api-contract';

/** An event of the audit log, or a call of a service, which has fewer members. */
export type TimelineEvent = Pick<AuditEventReply, 'at' | 'message' | 'data'> &
  Partial<Pick<AuditEventReply, 'level' | 'serviceId' | 'caller'>>;

/** Returns the caller of an event in words. */
export function actorOf(caller: TimelineEvent['caller']): string {
  if (caller === undefined || caller.kind === 'system') return 'the runtime';
  const who =
    caller.kind === 'token' ? `token ${caller.id}` : caller.kind === 'loopback' ? 'this machine' : caller.kind;
  return `${who}, over ${caller.door.toUpperCase()}`;
}

/** Returns the outcome, duration and reason of an event, without words that are already in its message. */
export function detailOf({ message, data = {} }: TimelineEvent): string {
  const { outcome, durationMs, reason, error, code } = data;
  const time = typeof durationMs === 'number' ? `${String(Math.max(1, Math.round(durationMs)))} ms` : undefined;
  const words = [outcome, time, reason, error, code].filter(
    (word) => typeof word === 'string' && word !== '' && !message.includes(word),
  );
  return [...new Set(words)].join(', ');
}
