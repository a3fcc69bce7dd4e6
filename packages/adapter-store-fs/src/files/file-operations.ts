import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';

/** A file that was created for writing. Bytes go where they are told, and all of them or an error. */
export interface OpenFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as this adapter uses it; tests put one in its place that fails at a chosen step. */
export interface FileOperations {
  readonly mkdir: (path: string) => Promise<void>;
  readonly create: (path: string) => Promise<OpenFile>;
  readonly read: (path: string) => Promise<Uint8Array>;
  readonly link: (from: string, to: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly list: (folder: string) => Promise<readonly string[]>;
  readonly restrict: (path: string, mode: number) => Promise<void>;
  readonly syncFolder: (folder: string) => Promise<void>;
}

/** Folders are 0700, files 0600, and nothing is created over something that is there. */
export const nodeFiles: FileOperations = {
  mkdir: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  create,
  read: (path) => readFile(path),
  link,
  rename,
  remove: (path) => rm(path, { force: true }),
  list: (folder) => readdir(folder),
  restrict: chmod,
  syncFolder: async (folder) => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

async function create(path: string): Promise<OpenFile> {
  const handle = await open(path, 'wx', 0o600);
  return {
    write: async (bytes, position) => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    },
    truncate: (length) => handle.truncate(length),
    datasync: () => handle.datasync(),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}
