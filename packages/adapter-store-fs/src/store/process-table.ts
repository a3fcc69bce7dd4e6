import { readFileSync } from 'node:fs';
import { codeOf } from '../files/store-failure.ts';

/** Facts about processes of this machine; undefined if the system does not provide them. */
export interface ProcessTable {
  /** Id of the current boot of the machine. */
  bootId(): string | undefined;
  /** Start time of a process in clock ticks since boot. Pid and start time identify one process. */
  startOf(pid: number): string | undefined;
  /** True if a process with this pid exists. */
  alive(pid: number): boolean;
}

/** Returns the process table of a `/proc` folder. Without such a folder only `alive` has a result. */
export function processTable(proc = '/proc'): ProcessTable {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(`${proc}/${path}`, 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  return {
    bootId: () => read('sys/kernel/random/boot_id'),
    // proc_pid_stat(5): the second field is the program name in parentheses with any characters; field 22 is the start time.
    startOf: (pid) =>
      read(`${String(pid)}/stat`)
        ?.replace(/^.*\) /s, '')
        .split(' ')[19],
    alive: (pid) => {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return codeOf(error) !== 'ESRCH';
      }
    },
  };
}
