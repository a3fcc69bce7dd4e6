import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nodeFiles, openFsStore, processTable, type FileOperations } from '@clarity-runtime/adapter-store-fs';
import { sampleRecord, sampleWrite } from '@clarity-runtime/core/testing';
import { failure } from '../support/failing-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Disk {
  isFull: boolean;
  /** The process was killed: nothing that it does later has an effect. */
  isDead: boolean;
}

/** The file system of one process; without space, a write succeeds only inside the blocks that a file already has. */
function filesOn(disk: Disk): FileOperations {
  const alive = <T>(work: () => Promise<T>): Promise<T> => (disk.isDead ? Promise.reject(failure('EIO')) : work());
  const limited = async (opened: Promise<Awaited<ReturnType<FileOperations['create']>>>, kept: number) => {
    const file = await opened;
    return {
      ...file,
      write: (bytes: Uint8Array, position: number) =>
        alive(() =>
          disk.isFull && position + bytes.length > kept
            ? Promise.reject(failure('ENOSPC'))
            : file.write(bytes, position),
        ),
    };
  };
  return {
    ...nodeFiles,
    rename: (from, to) => alive(() => nodeFiles.rename(from, to)),
    remove: (path) => alive(() => nodeFiles.remove(path)),
    link: (from, to) => alive(() => nodeFiles.link(from, to)),
    create: (path) => alive(() => limited(nodeFiles.create(path), 0)),
    update: (path) => alive(() => limited(nodeFiles.update(path), 4096)),
  };
}

/** A table in which each start of this process is another process. */
const processesOf = (start: number) => ({ ...processTable(), startOf: () => String(start) });

const step = fc.record({ isKilled: fc.boolean(), isFull: fc.boolean() });

test('T-393 openFsStore opens on a full disk after every sequence of stops and kills (R15c)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async (steps) => {
      const root = await temporaryFolder();
      const ended: Promise<void>[] = [];
      const folders = { key: join(root, 'home'), state: join(root, 'home', 'state') };
      for (const [at, { isKilled, isFull }] of [{ isKilled: false, isFull: false }, ...steps].entries()) {
        const disk: Disk = { isFull, isDead: false };
        const store = await openFsStore({
          root,
          files: filesOn(disk),
          processes: processesOf(at + 1),
          trustFolders: folders,
        });
        await store.lock.announce('http://127.0.0.1:4707');
        expect(store.boot.boot).toBe(at + 1);
        expect(store.trust.state).toEqual({ trusted: true });
        const second = openFsStore({ root, processes: processesOf(at + 1), trustFolders: folders });
        await expect(second).rejects.toMatchObject({ kind: 'conflict' });
        disk.isFull = false;
        await store.registry.put('default', sampleRecord('a'), 'any', sampleWrite(`op-${String(at)}`));
        disk.isFull = isFull;
        disk.isDead = isKilled;
        const closing = Promise.resolve(store[Symbol.asyncDispose]()).catch(() => undefined);
        if (isKilled) ended.push(closing);
        else await closing;
      }
      await Promise.all(ended);
    }),
    { numRuns: 20 },
  );
});
