import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { ownFiles, processTable, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { z } from 'zod';
import { isLoopback } from './loopback.ts';
import { portOf } from './daemon-proof.ts';

const lock = z.object({ pid: z.number().int().positive(), url: z.url() });

/** A daemon of this user, as the lock of its workspace names it. */
export interface LocalDaemon {
  readonly url: URL;
  readonly workspace: string;
  readonly pid: number;
}

/** Where to look for a daemon. */
export interface DaemonSearch {
  readonly cwd: string;
  /** Workspace of `clarity-runtime up`. */
  readonly home: string;
  /** The search in parents of `cwd` ends with this folder. */
  readonly userFolder: string;
  /** The address without a lock. */
  readonly fallback: URL;
}

/**
 * Returns the daemon of the current folder or of a parent, otherwise the one at the default address, otherwise that of the
 * home. Undefined if none of them has a lock: then the default address counts.
 */
export async function findDaemon({ cwd, home, userFolder, fallback }: DaemonSearch): Promise<LocalDaemon | undefined> {
  for (const folder of parentsOf(cwd, userFolder)) {
    const found = await daemonOf(folder);
    if (found !== undefined) return found;
  }
  const own = await daemonOf(home);
  if (own === undefined || portOf(own.url) === portOf(fallback)) return own;
  return (await isListening(fallback)) ? undefined : own;
}

/**
 * Returns the running daemon of a workspace. A lock counts only if its file and folders belong to this user, its process
 * lives, and its address is of this machine.
 */
export async function daemonOf(workspace: string): Promise<LocalDaemon | undefined> {
  const path = join(runtimeFolder(workspace), 'daemon.lock');
  const text = await ownFiles(workspace)
    .read(path)
    .then((bytes) => Buffer.from(bytes).toString())
    .catch(() => '');
  const { pid, url: address } = lock.safeParse(jsonOf(text)).data ?? {};
  if (pid === undefined || address === undefined || !processTable().alive(pid)) return undefined;
  const url = new URL(address);
  return isLoopback(url) ? { url, workspace, pid } : undefined;
}

function parentsOf(cwd: string, userFolder: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    folders.push(folder);
    if (folder === userFolder || folder === dirname(folder)) return folders;
  }
}

const PROBE_LIMIT_MS = 300;

/** Returns whether a process accepts connections at the address of a URL. */
export function isListening(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port: portOf(url), host: url.hostname.replace(/^\[|\]$/g, ''), timeout: PROBE_LIMIT_MS });
    const settle = (found: boolean) => (): void => {
      socket.destroy();
      resolve(found);
    };
    socket.on('connect', settle(true));
    socket.on('error', settle(false));
    socket.on('timeout', settle(false));
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
