import { Buffer } from 'node:buffer';

/** One message between the runtime and a guest host. */
export interface Frame {
  readonly kind: number;
  /** Number of a request, or of a module. */
  readonly id: number;
  readonly payload: Buffer;
}

/** Bytes of the length, of the kind and of the id. */
const LENGTH_BYTES = 4;
const HEAD_BYTES = 9;

/** Encodes a frame: length of the rest, kind, id, payload. */
export function encodeFrame(kind: number, id: number, ...payload: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  const length = payload.reduce((sum, part) => sum + part.length, HEAD_BYTES - LENGTH_BYTES);
  head.writeUInt32LE(length, 0);
  head.writeUInt8(kind, LENGTH_BYTES);
  head.writeUInt32LE(id, LENGTH_BYTES + 1);
  return [head, ...payload];
}

/** Splits a stream of bytes into frames. */
export class FrameReader {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #length = 0;

  /** `maxBytes` is the limit of one frame. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns the frames that are complete with these bytes. @throws RangeError when a frame is too long or too short. */
  read(bytes: Uint8Array): readonly Frame[] {
    this.#parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#length += bytes.length;
    const frames: Frame[] = [];
    for (;;) {
      const size = this.#sizeOfNext();
      if (size === undefined || this.#length < size) return frames;
      const frame = this.#take(size);
      frames.push({
        kind: frame.readUInt8(LENGTH_BYTES),
        id: frame.readUInt32LE(LENGTH_BYTES + 1),
        payload: frame.subarray(HEAD_BYTES),
      });
    }
  }

  #sizeOfNext(): number | undefined {
    if (this.#length < HEAD_BYTES) return undefined;
    const [first] = this.#parts;
    if (first === undefined || first.length < HEAD_BYTES) this.#parts = [Buffer.concat(this.#parts)];
    const length = this.#parts[0]?.readUInt32LE(0) ?? 0;
    if (length < HEAD_BYTES - LENGTH_BYTES || length > this.#maxBytes) {
      throw new RangeError(`a frame has ${String(length)} bytes, the limit is ${String(this.#maxBytes)}`);
    }
    return length + LENGTH_BYTES;
  }

  /** Removes bytes from the start. A long frame is joined once, when its last part is there. */
  #take(size: number): Buffer {
    let [first] = this.#parts;
    if (first === undefined || first.length < size) {
      first = Buffer.concat(this.#parts);
      this.#parts = [first];
    }
    const rest = first.subarray(size);
    if (rest.length > 0) this.#parts[0] = rest;
    else this.#parts.shift();
    this.#length -= size;
    return first.subarray(0, size);
  }
}

/** Gathers the frames of one turn of the event loop in one write. */
export class FrameWriter {
  readonly #write: (bytes: Uint8Array) => void;
  #parts: Uint8Array[] = [];

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  send(frame: readonly Uint8Array[]): void {
    if (this.#parts.length === 0) {
      queueMicrotask(() => {
        const parts = this.#parts;
        this.#parts = [];
        this.#write(Buffer.concat(parts));
      });
    }
    this.#parts.push(...frame);
  }
}
