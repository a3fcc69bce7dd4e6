import { Buffer } from 'node:buffer';

/** How a reply that fits into the ring ended; all others go by message. */
export type RingKind = 'value' | 'err';

export interface RingReply {
  readonly id: number;
  readonly kind: RingKind;
  /** JSON text. */
  readonly json: string;
}

/** A power of two, so that the counters may run over. */
const BYTES = 65_536;
/** What is longer goes by message, so that a few long replies do not keep the short ones out. */
const MAX_LENGTH = BYTES / 8;
const WRITTEN = 0;
const READ = 1;
const CALLED = 2;
const COUNTERS = 4;
const HEAD_BYTES = 12;
const KINDS: readonly RingKind[] = ['value', 'err'];
/** Stands for a length: the rest of the ring is empty, and the next reply begins at its front. */
const TURN = -1;

/**
 * Replies on their way from a worker to its host, in memory that both see: a reply is there as soon as its call is over,
 * whatever the worker does next, and the host is called once for all that come while it is busy. One writer, one reader.
 */
export class ReplyRing {
  readonly shared: SharedArrayBuffer;
  readonly #counters: Int32Array;
  readonly #cells: Int32Array;
  readonly #bytes: Buffer;

  constructor(shared = new SharedArrayBuffer(COUNTERS * 4 + BYTES)) {
    this.shared = shared;
    this.#counters = new Int32Array(shared, 0, COUNTERS);
    this.#cells = new Int32Array(shared, COUNTERS * 4);
    this.#bytes = Buffer.from(shared, COUNTERS * 4);
  }

  /** Refused when there is no room. `call` means that the reader must be told, and will be told once. */
  write({ id, kind, json }: RingReply): 'refused' | 'written' | 'call' {
    if (json.length > MAX_LENGTH) return 'refused';
    const length = Buffer.byteLength(json);
    const size = HEAD_BYTES + ((length + 3) & ~3);
    const written = this.#counters[WRITTEN] ?? 0;
    const left = BYTES - ((written - Atomics.load(this.#counters, READ)) >>> 0);
    const toEnd = BYTES - (written & (BYTES - 1));
    const skipped = size > toEnd ? toEnd : 0;
    if (length > MAX_LENGTH || size + skipped > left) return 'refused';
    if (skipped > 0) this.#cells[(written & (BYTES - 1)) >> 2] = TURN;
    const at = (written + skipped) & (BYTES - 1);
    this.#cells[at >> 2] = length;
    this.#cells[(at >> 2) + 1] = id;
    this.#cells[(at >> 2) + 2] = KINDS.indexOf(kind);
    this.#bytes.write(json, at + HEAD_BYTES);
    Atomics.store(this.#counters, WRITTEN, (written + skipped + size) | 0);
    return Atomics.exchange(this.#counters, CALLED, 1) === 0 ? 'call' : 'written';
  }

  /** All that has been written since, in order. */
  *read(): Generator<RingReply, void> {
    Atomics.store(this.#counters, CALLED, 0);
    let read = this.#counters[READ] ?? 0;
    while (read !== Atomics.load(this.#counters, WRITTEN)) {
      const at = read & (BYTES - 1);
      const length = this.#cells[at >> 2] ?? TURN;
      if (length === TURN) read = (read + BYTES - at) | 0;
      else {
        const from = at + HEAD_BYTES;
        const id = this.#cells[(at >> 2) + 1] ?? 0;
        const kind = KINDS[this.#cells[(at >> 2) + 2] ?? 0] ?? 'value';
        const json = this.#bytes.toString('utf8', from, from + length);
        read = (read + HEAD_BYTES + ((length + 3) & ~3)) | 0;
        Atomics.store(this.#counters, READ, read);
        yield { id, kind, json };
      }
    }
    Atomics.store(this.#counters, READ, read);
  }
}
