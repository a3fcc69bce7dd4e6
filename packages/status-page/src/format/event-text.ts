import type { Happening } from '../api/audit.ts';

/** Who did it, in words. */
export function whoOf(caller: Happening['caller']): string {
  if (caller === undefined || caller.kind === 'system') return 'the runtime';
  const who =
    caller.kind === 'token' ? `token ${caller.id}` : caller.kind === 'loopback' ? 'this machine' : caller.kind;
  return `${who}, over ${caller.door.toUpperCase()}`;
}

/** What an event tells that its message does not: how a call went, why something failed. */
export function moreOf({ message, data = {} }: Happening): string {
  const { outcome, durationMs, reason, error, code } = data;
  const time = typeof durationMs === 'number' ? `${String(Math.max(1, Math.round(durationMs)))} ms` : undefined;
  const words = [outcome, time, reason, error, code].filter(
    (word) => typeof word === 'string' && word !== '' && !message.includes(word),
  );
  return [...new Set(words)].join(', ');
}
