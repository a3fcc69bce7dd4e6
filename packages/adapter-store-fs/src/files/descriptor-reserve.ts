import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { FileOperations } from './file-operations.ts';
import { codeOf } from './store-failure.ts';

const RESERVED_COUNT = 4;

/** Descriptors that are open in advance, so that a store can open a file when the process has no descriptor left. */
export class DescriptorReserve implements AsyncDisposable {
  readonly #descriptors: number[] = [];
  #isDisposed = false;

  /** Takes the descriptors; fewer when the process does not get them now. */
  constructor() {
    this.#fill();
  }

  /** Returns file operations that repeat an operation with a reserved descriptor when it fails with EMFILE or ENFILE. */
  files(inner: FileOperations): FileOperations {
    return {
      ...inner,
      create: (path) => this.#run(() => inner.create(path)),
      update: (path) => this.#run(() => inner.update(path)),
      read: (path) => this.#run(() => inner.read(path)),
      list: (folder) => this.#run(() => inner.list(folder)),
      syncFolder: (folder) => this.#run(() => inner.syncFolder(folder)),
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
    return Promise.resolve();
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          const descriptor = ['EMFILE', 'ENFILE'].includes(codeOf(error) ?? '') ? this.#descriptors.pop() : undefined;
          if (descriptor === undefined) throw error;
          closeSync(descriptor);
        }
      }
    } finally {
      this.#fill();
    }
  }

  #fill(): void {
    if (this.#isDisposed) return;
    try {
      while (this.#descriptors.length < RESERVED_COUNT) this.#descriptors.push(openSync(devNull, 'r'));
    } catch {
      // The next operation tries again.
    }
  }
}
