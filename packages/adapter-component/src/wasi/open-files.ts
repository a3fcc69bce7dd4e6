import { closeSync, constants, openSync } from 'node:fs';
import { fileCall, fileError } from './folder-paths.ts';

const MAX_OPEN = 256;

/** Flags of `open-at` of `wasi:filesystem/types`. */
export type OpenFlags = Readonly<Partial<Record<'create' | 'directory' | 'exclusive' | 'truncate', boolean>>>;

/** The open files of one instance. */
export class OpenFiles {
  readonly #files = new Set<number>();

  /** Opens a file. @throws HostError at the maximum of open files. */
  open(path: string, flags: OpenFlags, write: boolean): number {
    if (this.#files.size >= MAX_OPEN) throw fileError('insufficient-memory');
    const mode =
      (write ? constants.O_RDWR : constants.O_RDONLY) |
      (flags.create === true ? constants.O_CREAT : 0) |
      (flags.exclusive === true ? constants.O_EXCL : 0) |
      (flags.truncate === true ? constants.O_TRUNC : 0) |
      constants.O_NOFOLLOW |
      constants.O_NONBLOCK;
    const fd = fileCall(() => openSync(path, mode, 0o600));
    this.#files.add(fd);
    return fd;
  }

  close(fd: number): void {
    if (this.#files.delete(fd)) closeSync(fd);
  }

  closeAll(): void {
    for (const fd of this.#files) this.close(fd);
  }
}
