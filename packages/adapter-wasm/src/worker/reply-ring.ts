import { Buffer } from 'node:buffer';

/** The kind of a reply in the ring. All other replies go by message. */
export type RingKind = 'value' | 'err';

export interface RingReply {
  readonly id: number;
  readonly kind: RingKind;
  /** JSON text. */
  readonly json: string;
}

/** A power of two, so that the counters may overflow. */
const BYTES = 65_536;
/**
 * Maximum bytes of a reply in the ring. Longer replies go by message, so that a few of them do not block short ones.
 */
const MAX_LENGTH = BYTES / 8;
const WRITTEN = 0;
const READ = 1;
const CALLED = 2;
const GATE = 3;
const COUNTERS = 4;
const HEAD_BYTES = 12;
const KINDS: readonly RingKind[] = ['value', 'err'];
/** Marker instead of a length: the rest of the ring is unused, and the next reply begins at offset 0. */
const TURN = -1;

/**
 * Replies from a worker to its host in shared memory. A reply is visible as soon as its call ends, and the host gets
 * one message for all replies that arrive while it is busy. One writer, one reader.
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

  /** Writes a reply. Returns `refused` when the ring is full, and `call` when the reader must be notified, once. */
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

  /** Restricts the writer to the calls of one module. It answers the others without running them. */
  serveOnly(key: number): void {
    Atomics.store(this.#counters, GATE, key);
  }

  serves(key: number): boolean {
    const only = Atomics.load(this.#counters, GATE);
    return only === 0 || only === key;
  }

  /** Reads all replies that were written since the last read, in order. */
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
