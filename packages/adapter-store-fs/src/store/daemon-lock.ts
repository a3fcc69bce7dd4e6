import { z } from 'zod';
import { type ProcessTable, processTable } from './process-table.ts';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type { FileOperations } from '../files/file-operations.ts';
import {
  fillSpare,
  keepAsSpare,
  removeKept,
  replaceKept,
  returnSpare,
  stageKept,
  toBlock,
} from '../files/spare-file.ts';
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

/** A lock that this process has. Disposing removes the lock file and keeps its space for the next one. */
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
  const contender: Contender = { files, processes, lock: path, content };
  try {
    await acquire(contender, path);
    if (contender.staged !== undefined) await files.remove(contender.staged).catch(() => undefined);
    contender.staged = undefined;
    await files.syncFolder(folder).catch(async (error: unknown) => {
      await files.remove(path);
      throw error;
    });
    await fillSpare(files, path);
  } catch (error) {
    if (contender.staged !== undefined) await returnSpare(files, path, contender.staged);
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
      await replaceKept(files, { path, text: content });
    },
    [Symbol.asyncDispose]: async () => {
      if (await isHeld()) await removeKept(files, path);
    },
  };
}

interface Contender {
  readonly files: FileOperations;
  readonly processes: ProcessTable;
  /** Path of the lock file; its spare files have the content of this process until it has the lock. */
  readonly lock: string;
  /** Content of the lock file when this process has the lock. */
  readonly content: string;
  /** File with the content; undefined before the first attempt and after the link of it is the lock. */
  staged?: string | undefined;
}

/**
 * Creates a lock file, or replaces the file of a holder that has ended. To replace it, a process first acquires a claim
 * file that is named after the old content and then reads the lock again. So only one of several processes succeeds. All
 * files are links of one file, so that a takeover needs no space on the disk.
 */
async function acquire(contender: Contender, path: string): Promise<void> {
  const { files, processes } = contender;
  for (let attempt = 1; ; attempt += 1) {
    const found = await readText(files, path);
    if (found === undefined) {
      if (await createComplete(contender, path)) return;
      continue;
    }
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
      if ((await readText(files, path)) === found) {
        // The space of the old lock is the spare of the new one.
        if (path === contender.lock) await keepAsSpare(files, path);
        await files.rename(claim, path);
        return;
      }
    } catch (error) {
      await files.remove(claim);
      throw error;
    }
    await files.remove(claim);
  }
}

/** Creates the file with its content in one step, by a link to a temporary file. Returns false if it exists. */
async function createComplete(contender: Contender, path: string): Promise<boolean> {
  const { files, lock, content } = contender;
  contender.staged ??= await stageKept(files, { path: lock, text: content });
  try {
    await files.link(contender.staged, path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    // ENOENT: another process has the lock and removed the temporary file.
    if (code === 'ENOENT') contender.staged = undefined;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
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

const encode = (holder: LockHolder): string => toBlock(JSON.stringify(holder));

const nameOf = ({ pid, url }: LockHolder): string => {
  const holder = pid === process.pid ? 'another runtime of this process' : 'another clarityd';
  return `${holder} (pid ${String(pid)}${url === undefined ? '' : `, ${url}`}) uses this workspace`;
};

const conflict = (path: string, reason: string): StoreError => new StoreError('conflict', `${path}: ${reason}`);
