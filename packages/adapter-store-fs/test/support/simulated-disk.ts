import type { FileOperations, OpenFile } from '@clarity-runtime/adapter-store-fs';
import { dirname } from 'node:path';
import { failure } from './failing-files.ts';

interface Inode {
  content: Buffer;
  /** Content that survives a power cut. */
  durable: Buffer;
}

type Names = Map<string, Inode>;

/** Data that survives a power cut, as fractions from 0 to 1. */
export interface PowerCut {
  /** Fraction of the changes of names since the last sync of the folder that is kept, oldest first. */
  readonly names: number;
  /** Fraction of the bytes written to a file since its last sync that is kept, from the start. */
  readonly content: number;
  /** Lost bytes are replaced by zeros. */
  readonly zeros: boolean;
}

/**
 * A disk in memory that loses unsynced bytes and unsynced changes of names at a power cut. Changes of names are kept in
 * order, as on a journaling file system.
 */
export class SimulatedDisk {
  #names: Names = new Map();
  #durableNames: Names = new Map();
  #changes: ((names: Names) => void)[] = [];
  readonly #step: () => void;

  constructor(step: () => void = () => undefined) {
    this.#step = step;
  }

  /** Returns a copy of the disk after a power cut at this moment. */
  after({ names, content, zeros }: PowerCut): SimulatedDisk {
    const left: Names = new Map(this.#durableNames);
    for (const change of this.#changes.slice(0, Math.round(names * this.#changes.length))) change(left);
    const copies = new Map<Inode, Inode>();
    for (const inode of left.values()) {
      const kept = Math.round(Math.max(0, inode.content.length - inode.durable.length) * content);
      const tail = inode.content.subarray(inode.durable.length);
      const fate = Buffer.concat([tail.subarray(0, kept), zeros ? Buffer.alloc(tail.length - kept) : Buffer.alloc(0)]);
      const bytes = Buffer.concat([inode.durable, fate]);
      copies.set(inode, { content: bytes, durable: bytes });
    }
    const disk = new SimulatedDisk();
    for (const [path, inode] of left) {
      const copy = copies.get(inode);
      if (copy !== undefined) disk.#names.set(path, copy);
    }
    disk.#durableNames = new Map(disk.#names);
    return disk;
  }

  /** Appends to a file without the file operations. */
  append(path: string, text: string): void {
    const inode = this.#find(path);
    inode.content = Buffer.concat([inode.content, Buffer.from(text)]);
    inode.durable = inode.content;
  }

  get files(): FileOperations {
    const does = <T>(work: () => T): Promise<T> =>
      new Promise((resolve) => {
        const result = work();
        this.#step();
        resolve(result);
      });
    return {
      mkdir: () => Promise.resolve(),
      restrict: () => Promise.resolve(),
      read: (path) => does(() => Buffer.from(this.#find(path).content)),
      list: (folder) =>
        does(() => [...this.#names.keys()].filter((path) => dirname(path) === folder).map(nameIn(folder))),
      create: (path) => does(() => this.#create(path, does)),
      update: (path) =>
        does(() => {
          const inode = this.#find(path);
          if ([...this.#names.values()].filter((other) => other === inode).length > 1) throw failure('EMLINK');
          return openInode(inode, does);
        }),
      link: (from, to) =>
        does(() => {
          const inode = this.#find(from);
          this.#change((names) => names.set(to, inode));
        }),
      rename: (from, to) =>
        does(() => {
          const inode = this.#find(from);
          // POSIX rename(): two names of the same file stay unchanged.
          if (this.#names.get(to) !== inode) this.#change((names) => names.set(to, inode).delete(from));
        }),
      remove: (path) =>
        does(() => {
          this.#change((names) => names.delete(path));
        }),
      syncFolder: () =>
        does(() => {
          this.#durableNames = new Map(this.#names);
          this.#changes = [];
        }),
    };
  }

  #create(path: string, does: <T>(work: () => T) => Promise<T>): OpenFile {
    if (this.#names.has(path)) throw failure('EEXIST');
    const inode: Inode = { content: Buffer.alloc(0), durable: Buffer.alloc(0) };
    this.#change((names) => names.set(path, inode));
    return openInode(inode, does);
  }

  #change(change: (names: Names) => void): void {
    change(this.#names);
    this.#changes.push(change);
  }

  #find(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw failure('ENOENT');
    return inode;
  }
}

function openInode(inode: Inode, does: <T>(work: () => T) => Promise<T>): OpenFile {
  const sync = (): Promise<void> =>
    does(() => {
      inode.durable = Buffer.from(inode.content);
    });
  return {
    write: (bytes, position) =>
      does(() => {
        const rest = inode.content.subarray(position + bytes.length);
        inode.content = Buffer.concat([inode.content.subarray(0, position), bytes, rest]);
      }),
    truncate: (length) =>
      does(() => {
        inode.content = inode.content.subarray(0, length);
      }),
    sync,
    datasync: sync,
    close: () => Promise.resolve(),
  };
}

const nameIn =
  (folder: string) =>
  (path: string): string =>
    path.slice(folder.length + 1);
