import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { markedProcesses, type MarkedProcess } from './child-marks.ts';

/** A process of a service whose daemon has ended. */
export interface LeftoverProcess extends MarkedProcess {
  readonly ageSeconds: number;
}

/** `USER_HZ` of Linux (proc(5)). */
const TICKS_PER_SECOND = 100;

/**
 * Returns the processes with marks whose service has lost its daemon: none of the processes with the same mark is the child
 * of a Node.js program. Empty on systems without `/proc`.
 */
export async function leftoverProcesses(): Promise<readonly LeftoverProcess[]> {
  const marked = await markedProcesses();
  const owned = new Set<string>();
  const ages = new Map<number, number>();
  const uptime = await readFile('/proc/uptime', 'latin1').catch(() => '0');
  for (const { pid, bootId } of marked) {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'latin1').catch(() => undefined);
    if (stat === undefined) continue;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const parent = Number(fields[1]);
    ages.set(pid, Math.max(0, Math.round(Number.parseFloat(uptime) - Number(fields[19]) / TICKS_PER_SECOND)));
    const isMember = marked.some((other) => other.pid === parent && other.bootId === bootId);
    if (!isMember && (await isNode(parent))) owned.add(bootId);
  }
  return marked.flatMap((each) => {
    const ageSeconds = ages.get(each.pid);
    return owned.has(each.bootId) || ageSeconds === undefined ? [] : [{ ...each, ageSeconds }];
  });
}

async function isNode(pid: number): Promise<boolean> {
  const path = await readlink(`/proc/${String(pid)}/exe`).catch(() => '');
  return path === process.execPath || /^node\b/.test(basename(path));
}
