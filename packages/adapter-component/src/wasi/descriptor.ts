import {
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { fileCall, fileError, pathInside, realFolder } from './folder-paths.ts';
import {
  DirectoryEntryStream,
  FileOutput,
  hashOf,
  MAX_READ,
  readAt,
  statOf,
  streaming,
  typeOf,
} from './file-streams.ts';
import type { OpenFiles, OpenFlags } from './open-files.ts';
import { InputStream, type OutputStream } from './streams.ts';

const MAX_ENTRIES = 100_000;

type DescriptorFlags = Readonly<Partial<Record<'read' | 'write' | 'mutateDirectory', boolean>>>;

interface Place {
  /** Real path of the granted folder. */
  readonly root: string;
  readonly path: string;
  readonly canWrite: boolean;
  readonly files: OpenFiles;
}

/** A file or folder below a granted folder (`wasi:filesystem/types`, resource `descriptor`). */
export class Descriptor {
  readonly #place: Place;
  readonly #fd: number | undefined;

  constructor(place: Place, fd?: number) {
    this.#place = place;
    this.#fd = fd;
  }

  static ofFolder(path: string, canWrite: boolean, files: OpenFiles): Descriptor {
    const root = realFolder(path);
    return new Descriptor({ root, path: root, canWrite, files });
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) this.#place.files.close(this.#fd);
  }

  readViaStream(offset: bigint): InputStream {
    const fd = this.#file();
    let at = Number(offset);
    return new InputStream((length) => {
      const bytes = streaming(() => readAt(fd, length, at));
      at += bytes.length;
      return bytes.length === 0 && length > 0 ? undefined : bytes;
    });
  }

  writeViaStream(offset: bigint): OutputStream {
    return new FileOutput(this.#writable(), Number(offset));
  }

  appendViaStream(): OutputStream {
    const fd = this.#writable();
    return new FileOutput(fd, Number(fileCall(() => fstatSync(fd, { bigint: true })).size));
  }

  read(length: bigint, offset: bigint): [Uint8Array, boolean] {
    const fd = this.#file();
    const bytes = fileCall(() => readAt(fd, Math.min(Number(length), MAX_READ), Number(offset)));
    return [bytes, bytes.length === 0 && length > 0n];
  }

  write(bytes: Uint8Array, offset: bigint): bigint {
    const fd = this.#writable();
    return BigInt(fileCall(() => writeSync(fd, bytes, 0, bytes.length, Number(offset))));
  }

  advise(): void {
    // Advice changes nothing.
  }

  sync(): void {
    const fd = this.#fd;
    if (fd === undefined || !this.#place.canWrite) return;
    fileCall(() => {
      fsyncSync(fd);
    });
  }

  syncData(): void {
    this.sync();
  }

  setSize(size: bigint): void {
    const fd = this.#writable();
    fileCall(() => {
      ftruncateSync(fd, Number(size));
    });
  }

  getFlags(): DescriptorFlags {
    const { canWrite } = this.#place;
    return this.#fd === undefined ? { read: true, mutateDirectory: canWrite } : { read: true, write: canWrite };
  }

  getType(): string {
    return typeOf(this.#stats());
  }

  stat(): unknown {
    return statOf(this.#stats());
  }

  statAt(_flags: unknown, path: string): unknown {
    const at = this.#inside(path);
    return statOf(fileCall(() => lstatSync(at, { bigint: true })));
  }

  metadataHash(): { readonly lower: bigint; readonly upper: bigint } {
    return hashOf(this.#stats());
  }

  metadataHashAt(_flags: unknown, path: string): { readonly lower: bigint; readonly upper: bigint } {
    const at = this.#inside(path);
    return hashOf(fileCall(() => lstatSync(at, { bigint: true })));
  }

  isSameObject(other: Descriptor): boolean {
    const [one, two] = [this.#stats(), other.#stats()];
    return one.ino === two.ino && one.dev === two.dev;
  }

  readDirectory(): DirectoryEntryStream {
    if (this.#fd !== undefined) throw fileError('not-directory');
    const entries = fileCall(() => readdirSync(this.#place.path, { withFileTypes: true }));
    return new DirectoryEntryStream(entries.slice(0, MAX_ENTRIES));
  }

  openAt(_pathFlags: unknown, path: string, flags: OpenFlags, wanted: DescriptorFlags): Descriptor {
    const at = this.#inside(path);
    const { canWrite } = this.#place;
    const changes = flags.create === true || flags.truncate === true || wanted.write === true;
    if ((changes || wanted.mutateDirectory === true) && !canWrite) throw fileError('read-only');
    const stats = fileCall(() => lstatSync(at, { throwIfNoEntry: false }));
    if (stats?.isDirectory() === true) {
      if (changes) throw fileError('is-directory');
      return new Descriptor({ ...this.#place, path: at, canWrite: wanted.mutateDirectory === true });
    }
    if (flags.directory === true) throw fileError(stats === undefined ? 'no-entry' : 'not-directory');
    // Devices, pipes and sockets can block this thread or have effects.
    if (stats?.isFile() === false) throw fileError('not-permitted');
    const write = wanted.write === true;
    return new Descriptor({ ...this.#place, path: at, canWrite: write }, this.#place.files.open(at, flags, write));
  }

  createDirectoryAt(path: string): void {
    const at = this.#changed(path);
    fileCall(() => {
      mkdirSync(at, { mode: 0o700 });
    });
  }

  removeDirectoryAt(path: string): void {
    const at = this.#changed(path);
    fileCall(() => {
      rmdirSync(at);
    });
  }

  unlinkFileAt(path: string): void {
    const at = this.#changed(path);
    fileCall(() => {
      unlinkSync(at);
    });
  }

  renameAt(path: string, target: Descriptor, newPath: string): void {
    const [from, to] = [this.#changed(path), target.#changed(newPath)];
    fileCall(() => {
      renameSync(from, to);
    });
  }

  /** Links could lead out of the granted folder. */
  linkAt(): never {
    throw fileError('not-permitted');
  }

  symlinkAt(): never {
    throw fileError('not-permitted');
  }

  readlinkAt(): never {
    throw fileError('not-permitted');
  }

  setTimes(): never {
    throw fileError('unsupported');
  }

  setTimesAt(): never {
    return this.setTimes();
  }

  #inside(path: string): string {
    if (this.#fd !== undefined) throw fileError('not-directory');
    return pathInside(this.#place.root, this.#place.path, path);
  }

  #changed(path: string): string {
    if (!this.#place.canWrite) throw fileError('read-only');
    const at = this.#inside(path);
    if (at === this.#place.root) throw fileError('not-permitted');
    return at;
  }

  #file(): number {
    if (this.#fd === undefined) throw fileError('is-directory');
    return this.#fd;
  }

  #writable(): number {
    const fd = this.#file();
    if (!this.#place.canWrite) throw fileError('read-only');
    return fd;
  }

  #stats(): BigIntStats {
    const fd = this.#fd;
    return fileCall(() =>
      fd === undefined ? lstatSync(this.#place.path, { bigint: true }) : fstatSync(fd, { bigint: true }),
    );
  }
}
