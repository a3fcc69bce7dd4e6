import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { markedProcesses, type MarkedProcess } from './child-marks.ts';
import { processSample, TICKS_PER_SECOND } from './process-table.ts';

/** A process of a service whose daemon has ended. */
export interface LeftoverProcess extends MarkedProcess {
  readonly ageSeconds: number;
}

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
    const sample = processSample(pid);
    if (sample === undefined) continue;
    const { parent, startedAt } = sample;
    ages.set(pid, Math.max(0, Math.round(Number.parseFloat(uptime) - Number(startedAt) / TICKS_PER_SECOND)));
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
