import { GuestLimit } from '../guest/guest-error.ts';

/** JSON text that is being written, up to a number of bytes. */
export class JsonSink {
  readonly #maxBytes: number;
  readonly #parts: string[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** Refuses bytes that have no room, before they are made. */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new GuestLimit(`the result is larger than ${String(this.#maxBytes)} bytes`);
    }
  }

  write(json: string): void {
    const bytes = Buffer.byteLength(json);
    this.reserve(bytes);
    this.#bytes += bytes;
    this.#parts.push(json);
  }
}
