import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { dirname, join } from 'node:path';
import { TEMPORARY } from '../files/atomic-file.ts';
import type { FileOperations, OpenFile } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

const NAME = 'sessions.jsonl';
const MAX_COUNT = 10_000;
const MAX_AGE_MS = 30 * 24 * 60 * 60_000;
const MAC_LENGTH = 22;
const LINE = /^([\w-]{1,64}) (\d{1,16}) ([\w-]{22})$/;
/** Key of the line with the floor. */
const FLOOR = 'floor';

interface Tombstone {
  readonly key: string;
  readonly issuedAt: number;
}

/** Options of `openEndedSessions`. */
export interface EndedSessionsOptions {
  readonly folder: string;
  readonly files: FileOperations;
  /** The session key: a line without its mac is not accepted. */
  readonly key: Uint8Array;
  /** The session key is new, so that no id of an earlier file is valid. */
  readonly isNewKey: boolean;
  readonly now: () => number;
}

/** The ended MCP sessions of a workspace, in a journal whose lines are chained by macs of the session key. */
export class EndedSessions implements AsyncDisposable {
  readonly ended: ReadonlyMap<string, number>;
  readonly floor: number;
  readonly #file: OpenFile;
  readonly #chain: MacChain;
  #position: number;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;

  constructor(kept: Pick<KeptSessions, 'ended' | 'floor'>, file: OpenFile, chain: MacChain, position: number) {
    this.ended = kept.ended;
    this.floor = kept.floor;
    this.#file = file;
    this.#chain = chain;
    this.#position = position;
  }

  /** Resolves when the tombstone is on disk. Tombstones that arrive during a write are written together. */
  async add(key: string, issuedAt: number): Promise<void> {
    this.#pending.push(this.#chain.line({ key, issuedAt }));
    while (this.#pending.length > 0) await (this.#writing ??= this.#write());
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.#file.close();
  }

  async #write(): Promise<void> {
    try {
      const bytes = Buffer.from(this.#pending.splice(0).join(''));
      await this.#file.write(bytes, this.#position);
      this.#position += bytes.length;
      await this.#file.datasync();
    } finally {
      this.#writing = undefined;
    }
  }
}

interface KeptSessions {
  readonly ended: Map<string, number>;
  readonly floor: number;
  /** Chain after the last line; undefined without a file. */
  readonly chain?: MacChain;
  /** Length of the complete lines in bytes. */
  readonly length: number;
}

/** Macs over a line and the mac of the line before it. */
class MacChain {
  readonly #key: Uint8Array;
  #last = '';

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  line({ key, issuedAt }: Tombstone): string {
    const text = `${key} ${String(issuedAt)}`;
    this.#last = this.#mac(text);
    return `${text} ${this.#last}\n`;
  }

  /** Returns the tombstone of the next line; undefined if its mac is not valid. */
  read(line: string): Tombstone | undefined {
    const found = LINE.exec(line);
    if (found === null) return undefined;
    const [, key = '', at = '', mac = ''] = found;
    const expected = this.#mac(`${key} ${at}`);
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
    this.#last = mac;
    return { key, issuedAt: Number(at) };
  }

  #mac(text: string): string {
    return createHmac('sha256', this.#key)
      .update(`ended ${this.#last} ${text}`)
      .digest('base64url')
      .slice(0, MAC_LENGTH);
  }
}

/**
 * Opens the ended sessions. Returns undefined if the journal is missing or was changed by another program: the caller then
 * replaces the session key, which ends every session. @throws StoreError when the file cannot be used.
 */
export async function openEndedSessions(options: EndedSessionsOptions): Promise<EndedSessions | undefined> {
  const { folder, files, key, isNewKey, now } = options;
  const path = join(folder, NAME);
  const kept: KeptSessions | undefined = isNewKey
    ? { ended: new Map(), floor: 0, length: 0 }
    : await readKept(files, path, key);
  if (kept === undefined) return undefined;
  drop(kept.ended, now());
  const floor = dropOldest(kept.ended, kept.floor);
  try {
    return await rewrite(files, path, { ended: kept.ended, floor, key });
  } catch (error) {
    const failure = storeFailure(error, path);
    if (failure.kind !== 'exhausted' || kept.chain === undefined) throw failure;
    // A full disk does not prevent the start: new lines follow the old ones.
    const file = await files.update(path).catch((reason: unknown) => {
      throw storeFailure(reason, path);
    });
    return new EndedSessions({ ended: kept.ended, floor }, file, kept.chain, kept.length);
  }
}

async function rewrite(
  files: FileOperations,
  path: string,
  { ended, floor, key }: Pick<KeptSessions, 'ended' | 'floor'> & { readonly key: Uint8Array },
): Promise<EndedSessions> {
  const chain = new MacChain(key);
  const lines = [chain.line({ key: FLOOR, issuedAt: floor })];
  for (const [session, issuedAt] of ended) lines.push(chain.line({ key: session, issuedAt }));
  const bytes = Buffer.from(lines.join(''));
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  let file: OpenFile | undefined;
  try {
    file = await files.create(temporary);
    await file.write(bytes, 0);
    await file.sync();
    await files.rename(temporary, path);
    await files.syncFolder(dirname(path));
    return new EndedSessions({ ended, floor }, file, chain, bytes.length);
  } catch (error) {
    await file?.close().catch(() => undefined);
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}

async function readKept(files: FileOperations, path: string, key: Uint8Array): Promise<KeptSessions | undefined> {
  let text: string;
  try {
    text = Buffer.from(await files.read(path)).toString('latin1');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  // The last part is empty, or a line whose write was interrupted and not confirmed.
  const lines = text.split('\n').slice(0, -1);
  const chain = new MacChain(key);
  const read = lines.map((line) => chain.read(line));
  const [first, ...rest] = read;
  if (first?.key !== FLOOR || rest.includes(undefined)) return undefined;
  const ended = new Map(rest.flatMap((item) => (item === undefined ? [] : [[item.key, item.issuedAt] as const])));
  return { ended, floor: first.issuedAt, chain, length: text.lastIndexOf('\n') + 1 };
}

/** Ids that are older than 30 days are refused without a tombstone. */
function drop(ended: Map<string, number>, now: number): void {
  for (const [key, issuedAt] of ended) if (now - issuedAt > MAX_AGE_MS) ended.delete(key);
}

/** Drops the tombstones of the oldest ids above the limit. Returns the floor. */
function dropOldest(ended: Map<string, number>, floor: number): number {
  const excess = [...ended].sort(([, a], [, b]) => a - b).slice(0, Math.max(0, ended.size - MAX_COUNT));
  for (const [key] of excess) ended.delete(key);
  return Math.max(floor, excess.at(-1)?.[1] ?? 0);
}
