import { nodeFiles, type FileOperations, type OpenFile } from '@clarity-runtime/adapter-store-fs';

/** Called before each operation of the file system; an exception makes the operation fail. */
export type Step = (name: string, path: string) => void;

const STEPS = ['mkdir', 'read', 'link', 'rename', 'remove', 'list', 'restrict', 'syncFolder'] as const;

/** The real file system with a hook before every operation, also of open files. */
export function filesWith(step: Step, inner: FileOperations = nodeFiles): FileOperations {
  const guarded = Object.fromEntries(
    STEPS.map((name) => [
      name,
      async (path: string, ...rest: readonly unknown[]): Promise<unknown> => {
        step(name, path);
        return (inner[name] as (...all: readonly unknown[]) => Promise<unknown>)(path, ...rest);
      },
    ]),
  );
  return {
    ...(guarded as unknown as FileOperations),
    create: async (path) => {
      step('create', path);
      return openFileWith(step, path, await inner.create(path));
    },
    update: async (path) => {
      step('update', path);
      return openFileWith(step, path, await inner.update(path));
    },
  };
}

function openFileWith(step: Step, path: string, file: OpenFile): OpenFile {
  return {
    write: async (bytes, position) => {
      try {
        step('write', path);
      } catch (error) {
        // A failed write may have written a part.
        await file.write(bytes.subarray(0, bytes.length >> 1), position);
        throw error;
      }
      await file.write(bytes, position);
    },
    truncate: async (length) => {
      step('truncate', path);
      await file.truncate(length);
    },
    datasync: async () => {
      step('datasync', path);
      await file.datasync();
    },
    sync: async () => {
      step('sync', path);
      await file.sync();
    },
    close: () => file.close(),
  };
}

export const failure = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

export interface Failing {
  /** Number of the failing operation, from 1. */
  readonly at: number;
  readonly code: string;
  /** All later operations fail too. */
  readonly forGood: boolean;
}

/** The file system with a failing operation, and a counter of operations. */
export function failingAt(
  { at, code, forGood }: Failing,
  inner?: FileOperations,
): { files: FileOperations; steps: () => number } {
  let count = 0;
  const files = filesWith(() => {
    count += 1;
    if (count === at || (forGood && count > at)) throw failure(code);
  }, inner);
  return { files, steps: () => count };
}
