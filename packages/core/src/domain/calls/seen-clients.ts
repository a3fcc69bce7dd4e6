import type { CallerRecord } from '../access/caller.ts';
import type { CallRecord } from './call-record.ts';

/** A client that called tools: one for each claimed name, version and caller. */
export interface CallingClient {
  /** As the client claims; the id of the caller without a claim. */
  readonly name: string;
  readonly version?: string;
  readonly caller: CallerRecord;
  /** Wall clock in milliseconds at the end of its newest call. */
  readonly lastCallMs: number;
  /** Calls of the last 24 hours among the calls that are kept. */
  readonly calls: number;
  /** Those of them without a result of the service. */
  readonly failed: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Returns the clients of some calls, the latest caller first. */
export function seenClients(calls: readonly CallRecord[], nowMs: number): readonly CallingClient[] {
  const found = new Map<string, CallingClient>();
  for (const { caller, client, endedAtMs, outcome } of calls) {
    const key = JSON.stringify([client?.name, client?.version, caller.kind, caller.id, caller.door, caller.profile]);
    const known = found.get(key);
    const isRecent = nowMs - endedAtMs < DAY_MS;
    const hasFailed = outcome === 'error' || outcome === 'denied';
    found.set(key, {
      name: client?.name ?? caller.id,
      ...(client === undefined ? {} : { version: client.version }),
      caller,
      lastCallMs: Math.max(endedAtMs, known?.lastCallMs ?? endedAtMs),
      calls: (known?.calls ?? 0) + (isRecent ? 1 : 0),
      failed: (known?.failed ?? 0) + (isRecent && hasFailed ? 1 : 0),
    });
  }
  return [...found.values()].sort((a, b) => b.lastCallMs - a.lastCallMs);
}
