import { outcomeOf, type AuditEvent, type AuditLevel } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type { AuditQuery } from '../ports/index.ts';
import { classIndexOf } from './class-counts.ts';
import type { KeptEvent } from './hash-chain.ts';

/** A stored event with the members that queries compare. */
export interface Entry extends KeptEvent {
  readonly kind: string;
  readonly level: AuditLevel;
  readonly serviceId: string | undefined;
  readonly caller: string | undefined;
  readonly op: string | undefined;
  /** Index of the class of retention in `EVENT_CLASSES`. */
  readonly classIndex: number;
  /** Milliseconds; NaN when the time of the event is not a date. */
  readonly at: number;
}

export function entryOf(event: AuditEvent, json: string): Entry {
  const { seq, kind, level, serviceId, op } = event;
  const at = Date.parse(event.at);
  return { seq, json, kind, level, serviceId, caller: event.caller?.id, op, classIndex: classIndexOf(json), at };
}

const worse: Readonly<Record<AuditLevel, number>> = { info: 0, warn: 1, error: 2 };

/** Returns a predicate for the query. @throws StoreError `invalid` for a time that is not ISO 8601. */
export function matcher(query: AuditQuery): (entry: Entry) => boolean {
  const { serviceId, kind, level, caller, outcome } = query;
  const from = timeOf('since', query.since);
  const until = timeOf('until', query.until);
  return (entry) =>
    (serviceId === undefined || entry.serviceId === serviceId) &&
    (kind === undefined || entry.kind === kind) &&
    (level === undefined || worse[entry.level] >= worse[level]) &&
    (caller === undefined || entry.caller === caller) &&
    (from === undefined || entry.at >= from) &&
    (until === undefined || entry.at < until) &&
    (outcome === undefined || outcomeOf(JSON.parse(entry.json) as AuditEvent) === outcome);
}

function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new StoreError('invalid', `${name}: not an ISO 8601 time`);
  return time;
}
