import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { BOOT_MARK } from './child-marks.ts';
import { processIds, processSample, type ProcessSample } from './process-table.ts';

/** One TCP connection of this machine to itself, as the server sees it. */
export interface LoopbackConnection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** Processes that are read before other work has its turn: a few milliseconds on a busy machine. */
const SLICE = 16;

/** Tables of `proc(5)` with the TCP sockets of the network namespace of this process. */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** The sockets and the processes of this machine. */
interface Sight {
  readonly tables: readonly string[];
  readonly samples: ReadonlyMap<number, ProcessSample>;
}

/**
 * Finds connections that a process of a service opened. Needs `/proc` of Linux; elsewhere no connection is found.
 * A process belongs to a service by the mark in its environment, or by a parent with the mark. A program that clears its
 * environment and leaves its parents is not found, nor one that lets an unrelated process connect for it.
 */
export class ServicePeers {
  readonly #boots = new Set<string>();
  /** Processes of the last look-up: one that belongs to a service stays with it, and a stranger stays one. */
  readonly #known = new Map<number, { readonly startedAt: string; readonly isOwned: boolean }>();
  /** The look-up that begins in the next turn. One takes milliseconds, and a client opens many connections at once. */
  #next: Promise<Sight> | undefined;

  /** Adds children by the begin of their mark, before the first one runs. */
  add(boot: string): void {
    this.#boots.add(boot);
  }

  /**
   * Returns whether the peer is a process of a service. Also true when the peer has closed its socket already, so that no
   * process is left to ask for; false when the system does not show sockets.
   */
  async has(connection: LoopbackConnection): Promise<boolean> {
    if (this.#boots.size === 0) return false;
    const { tables, samples } = await (this.#next ??= this.#look());
    const inode = peerInode(connection, tables);
    if (inode === undefined || inode === '') return inode === '';
    return [...samples.values()].some(
      (sample) => this.#isOwned(sample, samples) && holds(sample.pid, `socket:[${inode}]`),
    );
  }

  /** Reads the sockets, then the processes. Connections that arrive in one turn of the event loop share it. */
  async #look(): Promise<Sight> {
    await setImmediate();
    this.#next = undefined;
    const tables = TABLES.map(textOf);
    const samples = new Map<number, ProcessSample>();
    for (const [at, pid] of processIds().entries()) {
      if (at % SLICE === 0) await setImmediate();
      const sample = pid === process.pid ? undefined : processSample(pid);
      if (sample !== undefined) samples.set(pid, sample);
    }
    for (const [pid, { startedAt }] of this.#known) {
      if (samples.get(pid)?.startedAt !== startedAt) this.#known.delete(pid);
    }
    return { tables, samples };
  }

  /** Walks from a process to its parents until one is known or has a mark. */
  #isOwned(sample: ProcessSample, samples: ReadonlyMap<number, ProcessSample>): boolean {
    const path: ProcessSample[] = [];
    let isOwned = false;
    for (let at: ProcessSample | undefined = sample; at !== undefined; at = samples.get(at.parent)) {
      const found = this.#known.get(at.pid);
      const known = found?.startedAt === at.startedAt ? found : undefined;
      isOwned = known?.isOwned ?? this.#isMarked(at.pid);
      if (known !== undefined) break;
      path.push(at);
      // Known before the walk goes on, so that it ends also when the ids form a circle.
      this.#known.set(at.pid, { startedAt: at.startedAt, isOwned });
      if (isOwned) break;
    }
    for (const { pid, startedAt } of path) this.#known.set(pid, { startedAt, isOwned });
    return isOwned;
  }

  #isMarked(pid: number): boolean {
    const start = `${BOOT_MARK}=`;
    const entry = environmentOf(pid).find((each) => each.startsWith(start));
    return entry !== undefined && [...this.#boots].some((boot) => entry.startsWith(`${start}${boot}-`));
  }
}

/** Returns the environment that a process was started with; empty when it has ended or belongs to another user. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${String(pid)}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}

function holds(pid: number, socket: string): boolean {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder).some((name) => linkOf(`${folder}/${name}`) === socket);
  } catch {
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Returns the inode of the socket of the peer: an empty text when it has none any more, undefined when the system does not
 * show the sockets of this connection.
 */
export function peerInode(
  connection: LoopbackConnection,
  tables: readonly string[] = TABLES.map(textOf),
): string | undefined {
  const local = endpoint(connection.localAddress, connection.localPort);
  const remote = endpoint(connection.remoteAddress, connection.remotePort);
  let isShown = false;
  let inode: string | undefined;
  const [own, peer] = [portOf(local), portOf(remote)];
  for (const line of tables.flatMap((table) => table.split('\n'))) {
    if (!line.includes(own) || !line.includes(peer)) continue;
    const [, from = '', to = '', , , , , , , number = '0'] = line.trim().split(/\s+/);
    const [source, target] = [comparable(from), comparable(to)];
    if (source === local && target === remote) isShown = true;
    if (source === remote && target === local) inode = number === '0' ? '' : number;
  }
  return isShown ? (inode ?? '') : undefined;
}

/** Returns an address and a port as the tables have them: words in the byte order of the machine, in hex. */
function endpoint(address: string, port: number): string {
  const plain = address.replace(/^::ffff:/i, '');
  const hex = plain.includes('.')
    ? plain.split('.').reduceRight((text, part) => text + Number(part).toString(16).padStart(2, '0'), '')
    : '00000000000000000000000001000000';
  return `${hex.toUpperCase()}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}

const portOf = (written: string): string => written.slice(written.indexOf(':'));

/** Returns an IPv4 address inside of IPv6 as IPv4. */
const comparable = (text: string): string => text.replace(/^0{16}FFFF0000(?=[0-9A-F]{8}:)/, '');

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
