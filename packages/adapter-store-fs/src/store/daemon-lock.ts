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

/** Content of a lock file: the process that has the lock. */
export type LockHolder = Readonly<z.infer<typeof holder>>;

/** Parses a lock file. Returns undefined for other content. */
export function parseHolder(text: string): LockHolder | undefined {
  try {
    return holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Returns true only if the holder has provably ended: other boot of the machine, unknown pid, or pid used again. */
export function isGone({ pid, bootId, startTime }: LockHolder, processes: ProcessTable): boolean {
  const differs = (then: string | undefined, now: string | undefined): boolean =>
    then !== undefined && now !== undefined && then !== now;
  return differs(bootId, processes.bootId()) || !processes.alive(pid) || differs(startTime, processes.startOf(pid));
}

const NAME = 'daemon.lock';
/** Attempts to take over a lock while another process has the claim, and the delay between them. */
const MAX_CLAIM_ATTEMPT_COUNT = 200;
const CLAIM_RETRY_DELAY_MS = 5;

/** Options of `acquireDaemonLock`. */
export interface DaemonLockOptions {
  readonly folder: string;
  readonly files: FileOperations;
  readonly processes?: ProcessTable;
}

/** A lock that this process has. Disposing removes the lock file. */
export interface DaemonLock extends AsyncDisposable {
  readonly holder: LockHolder;
  /** Writes the URL of the daemon into the lock file. @throws StoreError `fenced` when the lock was taken over. */
  announce(url: string): Promise<void>;
}

/**
 * Acquires `daemon.lock` in a folder. Takes over a lock whose holder has provably ended.
 * @throws StoreError `conflict` with the holder in the message when another process has the lock or the file is not a
 * lock; `forbidden`, `exhausted` or `unavailable` when the folder cannot be used.
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
  let content = encode(holder);
  try {
    await acquire({ files, processes, content }, path);
    await files.syncFolder(folder).catch(async (error: unknown) => {
      await files.remove(path);
      throw error;
    });
  } catch (error) {
    throw storeFailure(error, path);
  }
  const isHeld = async (): Promise<boolean> => (await readText(files, path)) === content;
  return {
    get holder() {
      return holder;
    },
    announce: async (url) => {
      if (!(await isHeld())) throw new StoreError('fenced', `${path}: another process has taken over the lock`);
      holder = { ...holder, url };
      content = encode(holder);
      await writeAtomically(files, { path, bytes: Buffer.from(content) });
    },
    [Symbol.asyncDispose]: async () => {
      if (await isHeld()) await files.remove(path);
    },
  };
}

interface Contender {
  readonly files: FileOperations;
  readonly processes: ProcessTable;
  /** Content of the lock file when this process has the lock. */
  readonly content: string;
}

/**
 * Creates a lock file, or replaces the file of a holder that has ended. To replace it, a process first acquires a claim
 * file that is named after the old content and then reads the lock again. So only one of several processes succeeds.
 */
async function acquire(contender: Contender, path: string): Promise<void> {
  const { files, processes, content } = contender;
  for (let attempt = 1; ; attempt += 1) {
    if (await createComplete(contender, path)) return;
    const found = await readText(files, path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined) throw conflict(path, 'the file is not a lock of clarityd; remove it');
    if (!isGone(holder, processes)) throw conflict(path, nameOf(holder));
    const claim = `${path}.claim-${sha256Hex(Buffer.from(found)).slice(0, 12)}`;
    try {
      await acquire(contender, claim);
    } catch (error) {
      // The process with the claim soon has the lock or gives up: wait, so that an error names the holder of the lock.
      if (!isStoreError(error) || error.kind !== 'conflict' || attempt === MAX_CLAIM_ATTEMPT_COUNT) throw error;
      await delay(CLAIM_RETRY_DELAY_MS);
      continue;
    }
    try {
      if ((await readText(files, path)) !== found) continue;
      await writeAtomically(files, { path, bytes: Buffer.from(content) });
      return;
    } finally {
      await files.remove(claim);
    }
  }
}

/** Creates the file with its content in one step, by a link to a temporary file. Returns false if it exists. */
async function createComplete({ files, content }: Contender, path: string): Promise<boolean> {
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  const file = await files.create(temporary);
  try {
    await file.write(Buffer.from(content), 0);
    await file.sync();
    await files.link(temporary, path);
    return true;
  } catch (error) {
    // ENOENT: another process has the lock and removed the temporary file.
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

const conflict = (path: string, reason: string): StoreError => new StoreError('conflict', `${path}: ${reason}`);
