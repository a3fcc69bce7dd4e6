import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Variables that mark a child and every process that it starts. */
export const SERVICE_MARK = 'CLARITY_SERVICE_ID';
/** Variable of a child process with the id of the boot that started it. */
export const BOOT_MARK = 'CLARITY_BOOT_ID';

/** A process with a mark in its environment. */
export interface MarkedProcess {
  readonly pid: number;
  readonly serviceId: string;
  readonly bootId: string;
}

/**
 * Returns the processes of this user that have both marks, without this process. The environment of a process is the one
 * that it was started with, so a program cannot remove the mark of itself. Empty on systems without `/proc`.
 */
export async function markedProcesses(): Promise<readonly MarkedProcess[]> {
  const uid = process.getuid?.();
  const names = await readdir('/proc').catch(() => []);
  const found: MarkedProcess[] = [];
  for (const name of names) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const marked = await marksOf(name, uid).catch(() => undefined);
    if (marked !== undefined) found.push(marked);
  }
  return found;
}

async function marksOf(name: string, uid: number | undefined): Promise<MarkedProcess | undefined> {
  const folder = `/proc/${name}`;
  if ((await stat(folder)).uid !== uid) return undefined;
  const entries = (await readFile(`${folder}/environ`, 'latin1')).split('\0');
  const valueOf = (mark: string): string | undefined =>
    entries.find((entry) => entry.startsWith(`${mark}=`))?.slice(mark.length + 1);
  const [serviceId, bootId] = [valueOf(SERVICE_MARK), valueOf(BOOT_MARK)];
  return serviceId === undefined || bootId === undefined ? undefined : { pid: Number(name), serviceId, bootId };
}

const MAX_ROUNDS = 10;
const PAUSE_MS = 50;

/**
 * Ends marked processes with SIGKILL, and those that they start meanwhile. Returns the ended ones.
 */
export async function endMarked(isWanted: (marked: MarkedProcess) => boolean): Promise<readonly MarkedProcess[]> {
  const ended = new Map<number, MarkedProcess>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const left = (await markedProcesses()).filter(isWanted);
    if (left.length === 0) break;
    for (const marked of left) {
      ended.set(marked.pid, marked);
      try {
        process.kill(marked.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    await delay(PAUSE_MS);
  }
  return [...ended.values()];
}
