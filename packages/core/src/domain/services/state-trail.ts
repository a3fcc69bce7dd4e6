import type { ErrorCode } from '../errors/error-table.ts';
import type { LifecycleEvent } from './lifecycle.ts';
import type { ServiceStatus } from './service.ts';
import { needsAttention, statusWord, type StatusWord } from './status-word.ts';

/** When the state of a service began, and the code of the failure behind it. Times are in ISO 8601. */
export interface StateTrail {
  /** The word of the state has been the same since then. */
  readonly since: string;
  /** First failure of the trouble that lasts: retries do not move it. Absent without trouble. */
  readonly troubledSince?: string;
  readonly code?: ErrorCode;
}

/** One change of a status. */
export interface StatusStep {
  readonly from: ServiceStatus;
  readonly to: ServiceStatus;
  readonly event: LifecycleEvent;
  /** ISO 8601. */
  readonly at: string;
}

/** Words of a service on its way to another state: trouble lasts through them. */
const PASSING: ReadonlySet<StatusWord> = new Set(['starting', 'stopping']);
const NO_FAILURE: ReadonlySet<LifecycleEvent['type']> = new Set(['started', 'stopped', 'seen-well', 'released']);

/** Returns the trail after a change of the status. */
export function trailAfter(trail: StateTrail | undefined, { from, to, event, at }: StatusStep): StateTrail {
  const [before, word] = [statusWord(from), statusWord(to)];
  const since = trail === undefined || before !== word ? at : trail.since;
  const troubledSince = needsAttention(word) || PASSING.has(word) ? trail?.troubledSince : undefined;
  const first = troubledSince ?? (needsAttention(word) ? at : undefined);
  const code = codeAfter(trail, event);
  return {
    since,
    ...(first === undefined ? {} : { troubledSince: first }),
    ...(code === undefined ? {} : { code }),
  };
}

function codeAfter(trail: StateTrail | undefined, event: LifecycleEvent): ErrorCode | undefined {
  if (NO_FAILURE.has(event.type)) return undefined;
  if (event.type === 'lost') return 'SERVICE_LOST';
  return 'code' in event ? event.code : trail?.code;
}
