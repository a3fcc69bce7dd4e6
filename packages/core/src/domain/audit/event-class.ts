import { EVENT_KINDS, type EventKind } from './event-kinds.ts';

/**
 * Classes of retention in the order of their counts: changes with decisions, denials with failed logins, calls with everything
 * that a client or an upstream can cause any number of times.
 */
export const EVENT_CLASSES = ['changes', 'denials', 'calls'] as const;

export type EventClass = (typeof EVENT_CLASSES)[number];

/** Part of the stored bytes that events of other classes never take. */
export const CLASS_SHARES: Readonly<Record<EventClass, number>> = { changes: 0.5, denials: 0.2, calls: 0.3 };

const DENIALS: ReadonlySet<string> = new Set<EventKind>(['auth.failed', 'policy.denied', 'security.denied']);

const CALLS: ReadonlySet<string> = new Set<EventKind>([
  'approval.requested',
  'interface.changed',
  'interface.cleaned',
  'interface.incompatible',
  'resource.collision',
  'service.circuit_closed',
  'service.circuit_opened',
  'service.circuit_probed',
  'service.crashed',
  'service.health_changed',
  'service.interface_refreshed',
  'service.remote_error',
  'service.restart_scheduled',
  'service.start_failed',
  'service.start_warning',
  'service.tool_called',
]);

/** Returns the class of retention of a kind. A kind outside of the table, which only an embedder writes, is in `calls`. */
export function eventClassOf(kind: string): EventClass {
  if (DENIALS.has(kind)) return 'denials';
  return CALLS.has(kind) || !Object.hasOwn(EVENT_KINDS, kind) ? 'calls' : 'changes';
}
