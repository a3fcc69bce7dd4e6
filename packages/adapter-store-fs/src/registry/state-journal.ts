import { dirname } from 'node:path';
import type { FileOperations, OpenFile } from '../files/file-operations.ts';
import { encodeState, type StateChain, type StateHeader, type StateRecord } from './state-record.ts';

/** The open state journal: two copies of the same lines. A record is in both, on disk, before `append` resolves. */
export class StateJournal {
  readonly #chain: StateChain;
  readonly #copies: readonly OpenFile[];
  #length: number;
  #lastTag: string;
  #isBroken = false;

  private constructor(chain: StateChain, copies: readonly OpenFile[], start: { length: number; lastTag: string }) {
    this.#chain = chain;
    this.#copies = copies;
    this.#length = start.length;
    this.#lastTag = start.lastTag;
  }

  /**
   * Replaces the files by a journal with a header and these records. Everything in the old files must be in the checkpoints.
   * @throws the error of the file system.
   */
  static async create(
    files: FileOperations,
    paths: readonly string[],
    { chain, header, records }: { chain: StateChain; header: StateHeader; records: readonly StateRecord[] },
  ): Promise<StateJournal> {
    const { text, lastTag } = encodeState(chain, '', [header, ...records]);
    const bytes = Buffer.from(text);
    const copies: OpenFile[] = [];
    try {
      for (const path of paths) {
        await files.remove(path);
        const copy = await files.create(path);
        copies.push(copy);
        await copy.write(bytes, 0);
        await copy.sync();
        await files.syncFolder(dirname(path));
      }
    } catch (error) {
      for (const copy of copies) await copy.close().catch(() => undefined);
      throw error;
    }
    return new StateJournal(chain, copies, { length: bytes.length, lastTag });
  }

  /** Length of one copy in bytes. */
  get length(): number {
    return this.#length;
  }

  /** True when the end of a copy is not known: the journal must be replaced before the next record. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Appends records to both copies. @throws the error of the file system; unless `isBroken`, nothing is stored then. */
  async append(records: readonly StateRecord[]): Promise<void> {
    const { text, lastTag } = encodeState(this.#chain, this.#lastTag, records);
    const bytes = Buffer.from(text);
    try {
      await Promise.all(this.#copies.map((copy) => copy.write(bytes, this.#length)));
    } catch (error) {
      await Promise.allSettled(this.#copies.map((copy) => copy.truncate(this.#length))).then((results) => {
        this.#isBroken = results.some(({ status }) => status === 'rejected');
      });
      throw error;
    }
    try {
      await Promise.all(this.#copies.map((copy) => copy.datasync()));
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
    this.#length += bytes.length;
    this.#lastTag = lastTag;
  }

  async close(): Promise<void> {
    for (const copy of this.#copies) await copy.close().catch(() => undefined);
  }
}
