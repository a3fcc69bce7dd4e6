import { constants } from 'node:fs';
import { chmod, link, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';

/** A file open for writing. `write` writes all bytes at the position or throws. */
export interface OpenFile {
  /** `position` is the offset in bytes. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The operations of the file system that this adapter uses. Tests replace them to inject failures. */
export interface FileOperations {
  readonly mkdir: (path: string) => Promise<void>;
  readonly create: (path: string) => Promise<OpenFile>;
  /** Opens an existing file for writing without changing it. Rejects with EMLINK if it is not a regular file with one name. */
  readonly update: (path: string) => Promise<OpenFile>;
  readonly read: (path: string) => Promise<Uint8Array>;
  readonly link: (from: string, to: string) => Promise<void>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
  readonly list: (folder: string) => Promise<readonly string[]>;
  readonly restrict: (path: string, mode: number) => Promise<void>;
  readonly syncFolder: (folder: string) => Promise<void>;
}

/** File operations of Node.js. Creates folders with mode 0700 and files with 0600; never overwrites a file on create. */
export const nodeFiles: FileOperations = {
  mkdir: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  create,
  update,
  read,
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

/** Follows no link; O_NONBLOCK: opening a pipe without a writer would block. */
async function read(path: string): Promise<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

async function create(path: string): Promise<OpenFile> {
  return openFile(await open(path, 'wx', 0o600));
}

/** A second name would show the new content in another place. */
async function update(path: string): Promise<OpenFile> {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  const stats = await handle.stat();
  if (stats.isFile() && stats.nlink === 1) return openFile(handle);
  await handle.close();
  throw Object.assign(new Error(`EMLINK: ${path} is not a regular file with one name`), { code: 'EMLINK' });
}

function openFile(handle: FileHandle): OpenFile {
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
