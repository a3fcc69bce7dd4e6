import type { Health, Lifecycle, ServiceStatus } from './service.ts';

export type LifecycleEvent =
  | { readonly type: 'starting'; readonly since: string }
  | { readonly type: 'start-line'; readonly line: string }
  | { readonly type: 'started'; readonly at: number; readonly heartbeat: string }
  | { readonly type: 'start-failed'; readonly reason: string; readonly health: Health }
  | { readonly type: 'stopping' }
  | { readonly type: 'stopped' }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'retry-set'; readonly due: string }
  | { readonly type: 'retry-ended' }
  | { readonly type: 'restart-counted' }
  | { readonly type: 'held'; readonly reason: string }
  | { readonly type: 'released' }
  | { readonly type: 'seen-well' }
  | { readonly type: 'seen-ill'; readonly health: Health; readonly reason: string };

const everywhere: readonly Lifecycle[] = ['REGISTERED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'CRASHED'];

const allowed: Readonly<Record<LifecycleEvent['type'], readonly Lifecycle[]>> = {
  starting: ['REGISTERED', 'STOPPED', 'CRASHED'],
  'start-line': ['STARTING'],
  started: ['STARTING'],
  'start-failed': ['STARTING'],
  stopping: ['REGISTERED', 'STARTING', 'RUNNING', 'STOPPED', 'CRASHED'],
  stopped: ['STOPPING'],
  lost: ['RUNNING'],
  'retry-set': ['STOPPED', 'CRASHED'],
  'retry-ended': ['STOPPED', 'CRASHED'],
  'restart-counted': everywhere,
  held: ['REGISTERED', 'STOPPED', 'CRASHED'],
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
      return { ...still(status), lifecycle: 'STOPPED', health: event.health, lastError: event.reason };
    case 'stopping':
      return { ...without(without(status, 'retryAt'), 'starting'), lifecycle: 'STOPPING' };
    case 'stopped':
      return { ...still(status), lifecycle: 'STOPPED', health: 'UNKNOWN' };
    case 'lost':
      return { ...still(status), lifecycle: 'CRASHED', health: 'UNREACHABLE', lastError: event.reason };
    case 'retry-set':
      return { ...status, retryAt: event.due };
    case 'retry-ended':
      return without(status, 'retryAt');
    case 'restart-counted':
      return { ...status, restartCount: status.restartCount + 1 };
    case 'held':
      return { ...still(status), lifecycle: 'QUARANTINED', lastError: event.reason };
    case 'released':
      return { ...without(still(status), 'lastError'), lifecycle: 'STOPPED', health: 'UNKNOWN' };
    case 'seen-well':
      return { ...without(status, 'lastError'), health: 'HEALTHY' };
    case 'seen-ill':
      return { ...status, health: event.health, lastError: event.reason };
  }
}

/** Returns the status without the members of a running or starting service. */
const still = (status: ServiceStatus): ServiceStatus =>
  without(without(without(status, 'runningSince'), 'retryAt'), 'starting');

function without(status: ServiceStatus, name: 'runningSince' | 'retryAt' | 'lastError' | 'starting'): ServiceStatus {
  const { [name]: left, ...rest } = status;
  return left === undefined && !(name in status) ? status : rest;
}
