import { readFileSync } from 'node:fs';

const MAX_CONNECTION_COUNT = 4_096;

/**
 * Returns the maximum number of inbound connections: half of the open files that the system allows, at most 4,096. The other
 * half is for stores, upstreams and child processes. `limits` is the text of `/proc/self/limits`; undefined elsewhere.
 */
export function maxConnections(limits: string | undefined = readLimits()): number {
  const soft = /^Max open files\s+(\d+)/m.exec(limits ?? '')?.[1];
  return soft === undefined ? MAX_CONNECTION_COUNT : Math.max(1, Math.min(MAX_CONNECTION_COUNT, Number(soft) >> 1));
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
