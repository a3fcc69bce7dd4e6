import { readdirSync, readFileSync } from 'node:fs';

/** Clock tick of Linux: 10 ms. */
const TICK_US = 10_000;
const NS_PER_US = 1_000;

/** Returns the CPU time of a process in microseconds: user and system time of all threads. Linux only. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/**
 * Returns the CPU time of the threads of a process in microseconds, with the resolution of the scheduler. The time of ended
 * threads is missing, so that it is for a short load on a process that has started all of its threads. Linux only.
 */
export function threadCpuOf(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`;
  let ns = 0;
  for (const thread of readdirSync(tasks)) {
    try {
      ns += Number(readFileSync(`${tasks}/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
    } catch {
      // The thread ended between the two readings.
    }
  }
  return ns / NS_PER_US;
}

/** Returns the resident memory of a process in MiB. Linux only. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
