import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A started child. Process id and start time together identify one process. The start time has the format of the system. */
export interface ChildRecord {
  readonly serviceId: string;
  readonly pid: number;
  readonly startedAt: string;
  /** Value of `CLARITY_BOOT_ID` in the environment of the child and of every process that it started. */
  readonly bootId?: string | undefined;
}

/** Returns the start time of a process, or undefined when it has ended. The text is opaque: only compare it. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field is the process name in parentheses. It may contain any character, also parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${boot.trim()}/${fields[19] ?? ''}`;
  } catch {
    return process.platform === 'linux' ? undefined : psStartTime(pid);
  }
}

async function psStartTime(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], { timeout: 2_000 });
    return stdout.trim() === '' ? undefined : stdout.trim();
  } catch {
    return undefined;
  }
}
