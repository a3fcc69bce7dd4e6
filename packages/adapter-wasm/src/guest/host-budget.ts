import { GuestLimit } from './guest-error.ts';

/** Bytes that one call may use in the host outside the linear memory. The count never falls. */
export class HostBudget {
  readonly #maxBytes: number;
  #used = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get used(): number {
    return this.#used;
  }

  /** Charges bytes before they are allocated. @throws GuestLimit above the maximum. */
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
