import { readFileSync } from 'node:fs';
import { codeOf } from '../files/store-failure.ts';

/** What can be proven about processes of this machine; `undefined` where the system does not tell. */
export interface ProcessTable {
  /** New with every start of the machine. */
  bootId(): string | undefined;
  /** When a process began, in ticks since the machine's start; with the pid it names one process and no other. */
  startOf(pid: number): string | undefined;
  alive(pid: number): boolean;
}

/** The process table of a `/proc` folder; where there is none, only whether a pid is alive is known. */
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
    // The name of the program stands in brackets and may hold anything; the 22nd field is the 20th behind it.
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
