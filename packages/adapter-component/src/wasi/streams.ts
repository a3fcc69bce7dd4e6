import { HostError } from './wasi-error.ts';

/** `wasi:io/error`. */
export class IoError extends Error {
  toDebugString(): string {
    return this.message;
  }
}

const CLOSED = { tag: 'closed' } as const;
const MAX_READ = 65_536n;
const WRITABLE = 65_536n;

/** Something to wait for. Without a time it is ready at once. */
export class Pollable {
  readonly #until: number;

  /** `until`: milliseconds of `performance.now()`. */
  constructor(until = 0) {
    this.#until = until;
  }

  get leftMs(): number {
    return Math.max(0, this.#until - performance.now());
  }

  ready(): boolean {
    return this.leftMs === 0;
  }

  /** Blocks this thread. The host ends it at the deadline of the call. */
  block(): void {
    sleep(this.leftMs);
  }
}

export const waitUntil = (until: number): Pollable => new Pollable(until);

const MAX_SLEEP_MS = 2_000_000_000;
const cell = new Int32Array(new SharedArrayBuffer(4));

function sleep(ms: number): void {
  if (ms > 0) Atomics.wait(cell, 0, 0, Math.min(ms, MAX_SLEEP_MS));
}

function poll(list: readonly Pollable[]): Uint32Array {
  if (list.length === 0) throw new RangeError('poll without anything to wait for');
  for (;;) {
    const ready = list.flatMap((pollable, index) => (pollable.ready() ? [index] : []));
    if (ready.length > 0) return Uint32Array.from(ready);
    const leftMs = Math.min(...list.map((pollable) => pollable.leftMs));
    if (leftMs < Infinity) sleep(leftMs);
    else for (const pollable of list) pollable.block();
  }
}

/** A stream of bytes to the component. Without a source it is at its end. */
export class InputStream {
  readonly #next: (length: number) => Uint8Array | undefined;

  /** `next` returns at most that many bytes; undefined at the end. @throws IoError. */
  constructor(next: (length: number) => Uint8Array | undefined = () => undefined) {
    this.#next = next;
  }

  read(length: bigint): Uint8Array {
    const bytes = failing(() => this.#next(Number(length < MAX_READ ? length : MAX_READ)));
    if (bytes === undefined) throw new HostError(CLOSED);
    return bytes;
  }

  blockingRead(length: bigint): Uint8Array {
    return this.read(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  blockingSkip(length: bigint): bigint {
    return this.skip(length);
  }

  subscribe(): Pollable {
    return new Pollable();
  }
}

/** A stream of bytes from the component. Every write is complete when it returns. */
export abstract class OutputStream {
  /** Writes all bytes. @throws IoError. */
  protected abstract put(bytes: Uint8Array): void;

  checkWrite(): bigint {
    return WRITABLE;
  }

  write(bytes: Uint8Array): void {
    failing(() => {
      this.put(bytes);
    });
  }

  blockingWriteAndFlush(bytes: Uint8Array): void {
    this.write(bytes);
  }

  flush(): void {
    // Nothing is buffered.
  }

  blockingFlush(): void {
    // Nothing is buffered.
  }

  writeZeroes(length: bigint): void {
    this.write(new Uint8Array(Number(length < WRITABLE ? length : WRITABLE)));
  }

  blockingWriteZeroesAndFlush(length: bigint): void {
    this.writeZeroes(length);
  }

  splice(source: InputStream, length: bigint): bigint {
    const bytes = source.read(length);
    this.write(bytes);
    return BigInt(bytes.length);
  }

  blockingSplice(source: InputStream, length: bigint): bigint {
    return this.splice(source, length);
  }

  subscribe(): Pollable {
    return new Pollable();
  }
}

function failing<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof IoError)) throw error;
    throw new HostError({ tag: 'last-operation-failed', val: error });
  }
}

const MAX_LINE_BYTES = 4_096;

/** Output of the component as lines of its log. A line without an end is logged with the next one, or at its limit. */
export class LogStream extends OutputStream {
  readonly #log: (line: string) => void;
  readonly #decoder = new TextDecoder();
  #rest = '';

  constructor(log: (line: string) => void) {
    super();
    this.#log = log;
  }

  protected put(bytes: Uint8Array): void {
    const lines = `${this.#rest}${this.#decoder.decode(bytes, { stream: true })}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#log(line);
    if (this.#rest.length > MAX_LINE_BYTES) this.end();
  }

  /** Logs a line that has no end yet. */
  end(): void {
    if (this.#rest !== '') this.#log(this.#rest);
    this.#rest = '';
  }
}

/** The interfaces of `wasi:io`. */
export const streams = {
  'wasi:io/error': { Error: IoError },
  'wasi:io/poll': { Pollable, poll },
  'wasi:io/streams': { InputStream, OutputStream },
};
