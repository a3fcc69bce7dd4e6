import type { ErrorCode } from '../errors/error-table.ts';
import type { Health, Lifecycle, ServiceStatus } from './service.ts';

/** The code of a failure, and its remedy if it has one of its own. */
interface Fault {
  readonly code?: ErrorCode;
  readonly hint?: string;
}

export type LifecycleEvent =
  | { readonly type: 'starting'; readonly since: string }
  | { readonly type: 'start-line'; readonly line: string }
  | { readonly type: 'started'; readonly at: number; readonly heartbeat: string }
  | ({ readonly type: 'start-failed'; readonly reason: string; readonly health: Health } & Fault)
  | ({ readonly type: 'login-needed'; readonly reason: string } & Fault)
  | { readonly type: 'stopping' }
  | { readonly type: 'stopped' }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'retry-set'; readonly due: string }
  | { readonly type: 'retry-ended' }
  | { readonly type: 'restart-counted' }
  | { readonly type: 'held'; readonly reason: string }
  | { readonly type: 'released' }
  | { readonly type: 'seen-well' }
  | ({ readonly type: 'seen-ill'; readonly health: Health; readonly reason: string } & Fault);

const everywhere: readonly Lifecycle[] = [
  'REGISTERED',
  'STARTING',
  'RUNNING',
  'STOPPING',
  'STOPPED',
  'CRASHED',
  'NEEDS_LOGIN',
];

const allowed: Readonly<Record<LifecycleEvent['type'], readonly Lifecycle[]>> = {
  starting: ['REGISTERED', 'STOPPED', 'CRASHED', 'NEEDS_LOGIN'],
  'start-line': ['STARTING'],
  started: ['STARTING'],
  'start-failed': ['STARTING'],
  'login-needed': ['STARTING', 'STOPPED', 'CRASHED'],
  stopping: ['REGISTERED', 'STARTING', 'RUNNING', 'STOPPED', 'CRASHED', 'NEEDS_LOGIN'],
  stopped: ['STOPPING'],
  lost: ['RUNNING'],
  'retry-set': ['STOPPED', 'CRASHED'],
  'retry-ended': ['STOPPED', 'CRASHED'],
  'restart-counted': everywhere,
  held: ['REGISTERED', 'STOPPED', 'CRASHED', 'NEEDS_LOGIN'],
  released: ['QUARANTINED'],
  'seen-well': ['RUNNING'],
  'seen-ill': ['RUNNING'],
};

/**
 * Returns the status after an event. An event that is not allowed in a state does not change the status; only `released`
 * ends QUARANTINED.
 */
export function next(status: ServiceStatus, event: LifecycleEvent): ServiceStatus {
  if (!allowed[event.type].includes(status.lifecycle)) return status;
  switch (event.type) {
    case 'starting':
      return { ...still(status), lifecycle: 'STARTING', health: 'UNKNOWN', starting: { since: event.since } };
    case 'start-line':
      return { ...status, starting: { since: '', ...status.starting, line: event.line } };
    case 'started':
      return {
        lifecycle: 'RUNNING',
        health: 'HEALTHY',
        restartCount: status.restartCount,
        runningSince: event.at,
        lastHeartbeatAt: event.heartbeat,
      };
    case 'start-failed':
      return { ...failed(still(status), event), lifecycle: 'STOPPED', health: event.health };
    case 'login-needed':
      return { ...failed(still(status), event), lifecycle: 'NEEDS_LOGIN', health: 'UNAUTHORIZED' };
    case 'stopping':
      return { ...without(without(status, 'retryAt'), 'starting'), lifecycle: 'STOPPING' };
    case 'stopped':
      return { ...still(status), lifecycle: 'STOPPED', health: 'UNKNOWN' };
    case 'lost':
      return { ...failed(still(status), event), lifecycle: 'CRASHED', health: 'UNREACHABLE' };
    case 'retry-set':
      return { ...status, retryAt: event.due };
    case 'retry-ended':
      return without(status, 'retryAt');
    case 'restart-counted':
      return { ...status, restartCount: status.restartCount + 1 };
    case 'held':
      return { ...still(status), lifecycle: 'QUARANTINED', lastError: event.reason };
    case 'released':
      return { ...well(still(status)), lifecycle: 'STOPPED', health: 'UNKNOWN' };
    case 'seen-well':
      return { ...well(status), health: 'HEALTHY' };
    case 'seen-ill':
      return { ...failed(status, event), health: event.health };
  }
}

/** Members that a status has for a time only. */
type Passing = 'runningSince' | 'retryAt' | 'lastError' | 'hint' | 'starting';

/** Returns the status with the reason of a failure, and its remedy instead of that of the failure before. */
const failed = (status: ServiceStatus, { reason, hint }: { reason: string; hint?: string }): ServiceStatus => ({
  ...without(status, 'hint'),
  lastError: reason,
  ...(hint === undefined ? {} : { hint }),
});

const well = (status: ServiceStatus): ServiceStatus => without(without(status, 'lastError'), 'hint');

/** Returns the status without the members of a running or starting service. */
const still = (status: ServiceStatus): ServiceStatus =>
  without(without(without(status, 'runningSince'), 'retryAt'), 'starting');

function without(status: ServiceStatus, name: Passing): ServiceStatus {
  const { [name]: left, ...rest } = status;
  return left === undefined && !(name in status) ? status : rest;
}
