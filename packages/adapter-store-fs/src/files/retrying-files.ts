import { setTimeout as delay } from 'node:timers/promises';
import type { FileOperations } from './file-operations.ts';
import { retryTransient } from './retry-schedule.ts';

/** Repeats work after transient failures with the delays of `retryTransient`. @throws the last error of `work`. */
export const retried = <T>(work: () => Promise<T>): Promise<T> =>
  retryTransient(work, async (ms) => {
    await delay(ms);
  });

/**
 * Returns file operations that repeat an operation after a transient failure. `link`, `rename` and writes of open files are not
 * repeated: after `EIO` they may have happened. Their callers repeat the whole change.
 */
export const retryingFiles = (inner: FileOperations): FileOperations => ({
  ...inner,
  mkdir: (path) => retried(() => inner.mkdir(path)),
  create: (path) => retried(() => inner.create(path)),
  update: (path) => retried(() => inner.update(path)),
  read: (path) => retried(() => inner.read(path)),
  remove: (path) => retried(() => inner.remove(path)),
  list: (folder) => retried(() => inner.list(folder)),
  restrict: (path, mode) => retried(() => inner.restrict(path, mode)),
  syncFolder: (folder) => retried(() => inner.syncFolder(folder)),
});
