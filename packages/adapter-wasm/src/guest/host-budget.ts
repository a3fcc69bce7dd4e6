import { GuestLimit } from './guest-error.ts';

/** What one call may take from the host outside the linear memory: bytes, counted up and never given back. */
export class HostBudget {
  readonly #maxBytes: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  /** Call it before the bytes are taken. */
  charge(bytes: number): void {
    this.#used += bytes;
    if (this.#used > this.#maxBytes) {
      throw new GuestLimit(`the function made the host handle more than ${String(this.#maxBytes)} bytes`);
    }
  }

  reset(): void {
    this.#used = 0;
  }
}
