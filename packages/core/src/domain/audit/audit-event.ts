import { eventKindRow, type Durability, type EventKind } from './event-kinds.ts';

/** Weight of an audit event. */
export type AuditLevel = 'info' | 'warn' | 'error';

/** One event before the store numbers it. It contains no secret and no argument or result of a call. */
export interface AuditEventDraft {
  /** ISO 8601. */
  readonly at: string;
  /** `<noun>.<past participle>`: a row of `EVENT_KINDS`, or a kind of the embedder. */
  readonly kind: EventKind | (string & Record<never, never>);
  readonly level: AuditLevel;
  readonly message: string;
  readonly serviceId?: string;
  readonly caller?: {
    readonly kind: string;
    readonly id: string;
    readonly door: string;
    readonly profile?: string;
  };
  readonly data?: Readonly<Record<string, unknown>>;
}

/** One event of the audit log, as a store has numbered it. */
export interface AuditEvent extends AuditEventDraft {
  /** Increases by one per event of a store, also over restarts. After a gap a `storage.*` event reports the loss. */
  readonly seq: number;
  /** `<instance>/<boot>/<n>`: unique among all stores. */
  readonly id: string;
  /** Id of the operation that the event was appended with, if any. */
  readonly op?: string;
}

/** Returns the durability of a kind: its row of `EVENT_KINDS`, else `committed`. */
export const durabilityOf = (kind: string): Durability => eventKindRow(kind).durability;

/** Returns how the event ended: `data.outcome` if it is a string, else `denied`, `error` or `ok` by its kind and level. */
export function outcomeOf({ kind, level, data }: AuditEventDraft): string {
  const outcome = data?.['outcome'];
  if (typeof outcome === 'string') return outcome;
  const rule = eventKindRow(kind).outcome;
  if (rule === 'denied' || rule === 'error') return rule;
  return level === 'error' ? 'error' : 'ok';
}
