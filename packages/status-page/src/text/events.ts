import type { CallEntry, EventCaller } from '../api/model.ts';
import type { AuditEventReply } from '@clarity-runtime/api-contract';
import type { GlyphTone } from './states.ts';

/** GlyphTone of the level of an audit event. */
export const LEVEL_TONES: Readonly<Record<AuditEventReply['level'], GlyphTone>> = {
  info: 'idle',
  warn: 'warn',
  error: 'bad',
};

/** Kinds of events of single calls and checks, which are not changes. */
export const OPERATIONS = /^(call|tool|prompt|resource)\.|auth_ref|\.denied$|\.called$|^auth\.|^session\./;

/** Groups of kinds for the filter of the audit log. */
export const KIND_GROUPS: readonly (readonly [prefix: string, label: string])[] = [
  ['', 'Everything'],
  ['service', 'Services'],
  ['tool', 'Calls'],
  ['interface', 'Interfaces'],
  ['approval', 'Approvals'],
  ['policy', 'Policy'],
  ['client', 'Clients'],
  ['security', 'Secrets'],
  ['access', 'Access'],
  ['login', 'Logins'],
  ['runtime', 'Daemon'],
];

/** Returns the caller of an event in words. */
export function toCaller(caller: EventCaller | undefined): string {
  if (caller === undefined || caller.kind === 'system') return 'the runtime';
  const names: Readonly<Record<string, string>> = { token: `token ${caller.id}`, loopback: 'this machine' };
  return `${names[caller.kind] ?? caller.kind}, over ${caller.door.toUpperCase()}`;
}

/** Returns the name that a client claims, or its caller in words. */
export const toClientName = ({ client, caller }: Pick<CallEntry, 'client' | 'caller'>): string =>
  client?.name ?? toCaller(caller);
