import type { TimelineEvent } from '../api/audit.ts';

/** Who did it, in words. */
export function actorOf(caller: TimelineEvent['caller']): string {
  if (caller === undefined || caller.kind === 'system') return 'the runtime';
  const who =
    caller.kind === 'token' ? `token ${caller.id}` : caller.kind === 'loopback' ? 'this machine' : caller.kind;
  return `${who}, over ${caller.door.toUpperCase()}`;
}

/** What an event tells that its message does not: how a call went, why something failed. */
export function detailOf({ message, data = {} }: TimelineEvent): string {
  const { outcome, durationMs, reason, error, code } = data;
  const time = typeof durationMs === 'number' ? `${String(Math.max(1, Math.round(durationMs)))} ms` : undefined;
  const words = [outcome, time, reason, error, code].filter(
    (word) => typeof word === 'string' && word !== '' && !message.includes(word),
  );
  return [...new Set(words)].join(', ');
}
