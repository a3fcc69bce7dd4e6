import { readdirSync, readFileSync } from 'node:fs';

/** One process as `/proc` shows it. */
export interface ProcessSample {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Time of the start in ticks since boot; with `pid` it identifies one process. */
  readonly startedAt: string;
  /** Resident memory in bytes. */
  readonly memoryBytes: number;
  /** CPU seconds of the process and of its ended children. */
  readonly cpuSeconds: number;
}

/** `USER_HZ` of Linux on every supported architecture (proc(5), "sysconf(_SC_CLK_TCK)"). */
export const TICKS_PER_SECOND = 100;
let pageBytes = 0;

/** Returns the ids of all processes. Empty on systems without `/proc`. */
export function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Returns a process, or undefined when it has ended. */
export function processSample(pid: number): ProcessSample | undefined {
  try {
    return sampleOf(pid, readFileSync(`/proc/${String(pid)}/stat`, 'latin1'), pageSize());
  } catch {
    return undefined;
  }
}

/** Returns the fields of `/proc/<pid>/stat` (proc(5)). The name of the program may have any character. */
export function sampleOf(pid: number, stat: string, bytesPerPage: number): ProcessSample {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    parent: at(4),
    group: at(5),
    session: at(6),
    startedAt: fields[19] ?? '',
    memoryBytes: at(24) * bytesPerPage,
    cpuSeconds: (at(14) + at(15) + at(16) + at(17)) / TICKS_PER_SECOND,
  };
}

/** Returns whether the environment that a process was started with has an entry. */
export function hasVariable(pid: number, entry: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${String(pid)}/environ`, 'latin1')}\0`.includes(`\0${entry}\0`);
  } catch {
    return false;
  }
}

/** Returns the bytes of a page: Node reports the memory of this process in bytes, the system in pages. */
function pageSize(): number {
  if (pageBytes === 0) {
    const own = sampleOf(process.pid, readFileSync('/proc/self/stat', 'latin1'), 1).memoryBytes;
    const ratio = process.memoryUsage.rss() / Math.max(own, 1);
    pageBytes = 2 ** Math.round(Math.log2(ratio));
  }
  return pageBytes;
}
