import { readdir } from 'node:fs/promises';
import type { LoopDelays } from './loop-delay.ts';

/** The state of the process in seconds and bytes. */
export interface ProcessState {
  readonly cpuSeconds: number;
  readonly startedAt: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  readonly openFiles: number | undefined;
  readonly loop: LoopDelays | undefined;
}

export async function readProcess(loop: LoopDelays | undefined): Promise<ProcessState> {
  const openFiles = await countOpenFiles();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpuSeconds: (user + system) / 1e6,
    startedAt: Math.round(performance.timeOrigin) / 1000,
    residentBytes: rss,
    heapUsedBytes: heapUsed,
    externalBytes: external,
    openFiles,
    loop,
  };
}

/** Counts the entries of `/proc/self/fd`, without the descriptor of the count itself. */
async function countOpenFiles(): Promise<number | undefined> {
  try {
    return (await readdir('/proc/self/fd')).length - 1;
  } catch {
    return undefined;
  }
}
