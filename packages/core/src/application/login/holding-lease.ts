import { ClarityError } from '../../domain/errors/clarity-error.ts';
import { DEFAULT_TENANT } from '../../domain/access/tenant.ts';
import type { Clock, Leases } from '../../ports/index.ts';
import { SerialQueue, withDeadline } from '../support/async.ts';

export interface HeldWork {
  readonly leases: Leases;
  readonly clock: Clock;
  readonly name: string;
  /** Milliseconds of the lease, and of the wait for it together with the work. */
  readonly ms: number;
}

/** Longest wait between two attempts to get a lease. */
const MAX_WAIT_MS = 250;

/** A lease belongs to a process: runtimes of one process that share the port wait for each other here. */
const queues = new WeakMap<Leases, Map<string, SerialQueue>>();

function queueOf(leases: Leases, name: string): SerialQueue {
  const byName = queues.get(leases) ?? new Map<string, SerialQueue>();
  queues.set(leases, byName);
  const queue = byName.get(name) ?? new SerialQueue();
  byName.set(name, queue);
  return queue;
}

/** Runs `work` while this process has the lease, so that processes with the same store do it one after another. */
export function holdingLease<T>(
  { leases, clock, name, ms }: HeldWork,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = (): Error =>
    new ClarityError('CALL_TIMED_OUT', `another process renews the login for more than ${String(ms)} ms`);
  const exclusively = (signal: AbortSignal): Promise<T> => queueOf(leases, name).run(() => whileHeld(signal));
  const whileHeld = async (signal: AbortSignal): Promise<T> => {
    for (;;) {
      const lease = await leases.acquire(DEFAULT_TENANT, name, { ttlMs: ms, signal });
      if (!lease.held) {
        await clock.after(Math.min(lease.retryAfterMs, MAX_WAIT_MS), signal);
        signal.throwIfAborted();
        continue;
      }
      try {
        return await work(AbortSignal.any([signal, lease.lost]));
      } finally {
        await lease.release().catch(() => undefined);
      }
    }
  };
  return withDeadline({ clock, ms, late }, exclusively);
}
