import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import {
  nodeFiles,
  openFsStore,
  processTable,
  type FileOperations,
  type FsStore,
  type WorkspaceRecord,
} from '@clarity-runtime/adapter-store-fs';
import type { TrustProblem } from '@clarity-runtime/core';
import { failure } from './failing-files.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A workspace and the folders of its user. Each start in this process is another process. */
export interface WorkspacePlace {
  readonly top: string;
  readonly root: string;
  /** `<root>/.clarity/runtime`. */
  readonly folder: string;
  readonly folders: { readonly key: string; readonly state: string };
  open(): Promise<FsStore>;
  /** Opens the store for some work, and closes it unless it was killed. */
  run(work: (store: FsStore) => Promise<unknown>): Promise<void>;
  /** Ends a store as SIGKILL does: nothing that it writes later has an effect. */
  kill(store: FsStore): Promise<void>;
  /** The record outside of the workspace. */
  record(): Promise<WorkspaceRecord>;
  /** Resolves when the record fulfils a condition. */
  recorded(condition: (record: WorkspaceRecord) => boolean): Promise<void>;
  problems(): Promise<readonly TrustProblem[]>;
}

export async function atWorkspace(options: { readonly maxTelemetryBytes?: number } = {}): Promise<WorkspacePlace> {
  const top = await temporaryFolder();
  const root = join(top, 'ws');
  await mkdir(root);
  const folders = { key: join(top, 'key'), state: join(top, 'state') };
  const disks = new Map<FsStore, { isDead: boolean }>();
  let starts = 0;
  const open = async (): Promise<FsStore> => {
    starts += 1;
    const start = String(starts);
    const disk = { isDead: false };
    const processes = { ...processTable(), startOf: () => start };
    const store = await openFsStore({ root, trustFolders: folders, files: filesOn(disk), processes, ...options });
    disks.set(store, disk);
    return store;
  };
  const record = async (): Promise<WorkspaceRecord> => {
    const [name = ''] = (await readdir(folders.state)).filter((file) => file.endsWith('.json'));
    return JSON.parse(await readFile(join(folders.state, name), 'utf8')) as WorkspaceRecord;
  };
  const run = async (work: (store: FsStore) => Promise<unknown>): Promise<void> => {
    const store = await open();
    try {
      await work(store);
    } finally {
      if (disks.get(store)?.isDead === false) await store[Symbol.asyncDispose]();
    }
  };
  return {
    top,
    root,
    folder: join(root, '.clarity', 'runtime'),
    folders,
    open,
    run,
    kill: async (store) => {
      const disk = disks.get(store);
      if (disk !== undefined) disk.isDead = true;
      // The record is what a killed process leaves: it may be behind.
      const kept = join(top, 'kept');
      rmSync(kept, { recursive: true, force: true });
      mkdirSync(folders.state, { recursive: true });
      cpSync(folders.state, kept, { recursive: true });
      await Promise.resolve(store[Symbol.asyncDispose]()).catch(() => undefined);
      rmSync(folders.state, { recursive: true });
      cpSync(kept, folders.state, { recursive: true });
    },
    record,
    recorded: async (condition) => {
      while (!condition(await record())) await turn();
    },
    problems: async () => {
      const store = await open();
      await using _ = store;
      const { state } = store.trust;
      return state.trusted ? [] : state.problems;
    },
  };
}

/** The file system of one process. */
function filesOn(disk: { readonly isDead: boolean }): FileOperations {
  const alive = <T>(work: () => Promise<T>): Promise<T> => (disk.isDead ? Promise.reject(failure('EIO')) : work());
  const opened = async (file: ReturnType<FileOperations['create']>) => {
    const inner = await file;
    return { ...inner, write: (bytes: Uint8Array, at: number) => alive(() => inner.write(bytes, at)) };
  };
  return {
    ...nodeFiles,
    rename: (from, to) => alive(() => nodeFiles.rename(from, to)),
    remove: (path) => alive(() => nodeFiles.remove(path)),
    link: (from, to) => alive(() => nodeFiles.link(from, to)),
    create: (path) => alive(() => opened(nodeFiles.create(path))),
    update: (path) => alive(() => opened(nodeFiles.update(path))),
  };
}
