import { readFileSync } from 'node:fs';

/** Clock tick of Linux: 10 ms. */
const TICK_US = 10_000;

/** Returns the CPU time of a process in microseconds: user and system time of all threads. Linux only. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Returns the resident memory of a process in MiB. Linux only. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
