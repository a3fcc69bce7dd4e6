import { z } from 'zod';
import { type ProcessTable, processTable } from './process-table.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import { TEMPORARY, writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

const holder = z.object({
  pid: z.number().int().positive(),
  instance: z.string(),
  startTime: z.string().optional(),
  bootId: z.string().optional(),
  url: z.string().optional(),
});

/** Who holds a lock, as the lock file says it. */
export type LockHolder = Readonly<z.infer<typeof holder>>;

/** `undefined` for what is not a lock file of ours. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Whether it is proven that the holder is gone. What is not known proves nothing. */
export function isGone({ pid, bootId, startTime }: LockHolder, processes: ProcessTable): boolean {
  const differs = (then: string | undefined, now: string | undefined): boolean =>
    then !== undefined && now !== undefined && then !== now;
  return differs(bootId, processes.bootId()) || !processes.alive(pid) || differs(startTime, processes.startOf(pid));
}

const NAME = 'daemon.lock';
/** How often, and how far apart, a claim of somebody else is looked at again. */
const CLAIM_LOOKS = 200;
const CLAIM_PAUSE_MS = 5;

export interface DaemonLockOptions {
  readonly folder: string;
  readonly files: FileOperations;
  readonly processes?: ProcessTable;
}

export interface DaemonLock extends AsyncDisposable {
  readonly holder: LockHolder;
  /** Writes down where the daemon answers, so that a second one can name it. */
  announce(url: string): Promise<void>;
}

/**
 * `daemon.lock` in a folder, for one process at a time. Refuses with `conflict` and names the holder; a lock whose holder
 * is proven gone is taken over.
 */
export async function acquireDaemonLock(options: DaemonLockOptions): Promise<DaemonLock> {
  const { folder, files, processes = processTable() } = options;
  const path = join(folder, NAME);
  const startTime = processes.startOf(process.pid);
  const bootId = processes.bootId();
  let holder: LockHolder = {
    pid: process.pid,
    instance: randomBytes(8).toString('hex'),
    ...(startTime === undefined ? {} : { startTime }),
    ...(bootId === undefined ? {} : { bootId }),
  };
  let mine = encode(holder);
  try {
    await seize({ files, processes, mine }, path);
    await files.syncFolder(folder).catch(async (error: unknown) => {
      await files.remove(path);
      throw error;
    });
  } catch (error) {
    throw storeFailure(error, path);
  }
  const isMine = async (): Promise<boolean> => (await readText(files, path)) === mine;
  return {
    get holder() {
      return holder;
    },
    announce: async (url) => {
      if (!(await isMine())) throw new StoreError('fenced', `${path} is no longer this process’s`);
      holder = { ...holder, url };
      mine = encode(holder);
      await writeAtomically(files, { path, bytes: Buffer.from(mine) });
    },
    [Symbol.asyncDispose]: async () => {
      if (await isMine()) await files.remove(path);
    },
  };
}

interface Contender {
  readonly files: FileOperations;
  readonly processes: ProcessTable;
  /** What stands in the lock file when this process holds it. */
  readonly mine: string;
}

/**
 * Puts our content at the path when nobody's is there, or a dead holder's. Only who holds the claim on a dead lock, a file
 * named after its content, may replace it, and looks again first; so of many that find it at once one wins.
 */
async function seize(contender: Contender, path: string): Promise<void> {
  const { files, processes, mine } = contender;
  for (let looks = 1; ; looks += 1) {
    if (await createWhole(contender, path)) return;
    const found = await readText(files, path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined) throw refusal(path, 'something that is no lock of ours stands there; remove it');
    if (!isGone(holder, processes)) throw refusal(path, nameOf(holder));
    const claim = `${path}.claim-${sha256Hex(Buffer.from(found)).slice(0, 12)}`;
    try {
      await seize(contender, claim);
    } catch (error) {
      // Who holds the claim is about to hold the lock, or to find it taken: only the lock's own holder is worth a name.
      if (!isStoreError(error) || error.kind !== 'conflict' || looks === CLAIM_LOOKS) throw error;
      await delay(CLAIM_PAUSE_MS);
      continue;
    }
    try {
      if ((await readText(files, path)) !== found) continue;
      await writeAtomically(files, { path, bytes: Buffer.from(mine) });
      return;
    } finally {
      await files.remove(claim);
    }
  }
}

/** Nobody ever sees a lock without its content: it is written under another name and linked. */
async function createWhole({ files, mine }: Contender, path: string): Promise<boolean> {
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  const file = await files.create(temporary);
  try {
    await file.write(Buffer.from(mine), 0);
    await file.sync();
    await files.link(temporary, path);
    return true;
  } catch (error) {
    // ENOENT: the holder swept our temporary file away, so there is one.
    if (['EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) return false;
    throw error;
  } finally {
    await file.close();
    await files.remove(temporary).catch(() => undefined);
  }
}

async function readText(files: FileOperations, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await files.read(path)).toString();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

const encode = (holder: LockHolder): string => `${JSON.stringify(holder)}\n`;

const nameOf = ({ pid, url }: LockHolder): string =>
  `another clarityd (pid ${String(pid)}${url === undefined ? '' : `, ${url}`}) uses this workspace`;

const refusal = (path: string, reason: string): StoreError => new StoreError('conflict', `${path}: ${reason}`);
