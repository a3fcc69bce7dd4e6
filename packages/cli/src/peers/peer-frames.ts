/** Kinds of frames between two daemons. One connection carries one question, or one connection to a service. */
export const FRAME = {
  /** First frame of the daemon that connects. */
  open: 1,
  request: 2,
  notify: 3,
  cancel: 4,
  answer: 5,
  ping: 6,
  /** First frame of the daemon that answers. */
  opened: 10,
  refused: 11,
  reply: 12,
  failed: 13,
  sent: 14,
  note: 15,
  ask: 16,
  listChanged: 17,
  notification: 18,
  limit: 19,
  closed: 20,
  pong: 21,
} as const;

/** One frame. `id` is that of the request or the question that it belongs to, 0 if it belongs to none. */
export interface PeerFrame {
  readonly kind: number;
  readonly id: number;
  readonly payload: Buffer;
}

const HEAD_BYTES = 9;
/** Larger than every message of a service that a policy can allow. */
const MAX_FRAME_BYTES = 128 * 1024 * 1024;

/** Returns a frame: the length of what follows (4 bytes), kind (1), id (4), payload. Numbers are big-endian. */
export function encodeFrame(kind: number, id: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(length + HEAD_BYTES - 4, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, ...parts], length + HEAD_BYTES);
}

export const encodeJsonFrame = (kind: number, id: number, value: unknown): Buffer =>
  encodeFrame(kind, id, Buffer.from(JSON.stringify(value)));

/** Splits a stream of bytes into frames. Throws for a frame that is too large or too small. */
export class PeerFrameReader {
  readonly #onFrame: (frame: PeerFrame) => void;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #length = 0;
  #wanted = 4;

  constructor(onFrame: (frame: PeerFrame) => void, maxBytes = MAX_FRAME_BYTES) {
    this.#onFrame = onFrame;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#wanted) {
      const all =
        this.#parts.length === 1 && this.#parts[0] !== undefined ? this.#parts[0] : Buffer.concat(this.#parts);
      const total = all.readUInt32BE(0) + 4;
      if (total < HEAD_BYTES || total > this.#maxBytes) throw new RangeError(`a frame of ${String(total)} bytes`);
      this.#parts = [all];
      this.#wanted = total;
      if (this.#length < total) return;
      const rest = all.subarray(total);
      this.#parts = rest.length === 0 ? [] : [rest];
      this.#length = rest.length;
      this.#wanted = 4;
      this.#onFrame({ kind: all.readUInt8(4), id: all.readUInt32BE(5), payload: all.subarray(HEAD_BYTES, total) });
    }
  }
}
