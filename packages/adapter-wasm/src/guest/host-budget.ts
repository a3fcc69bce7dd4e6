import { GuestLimit } from './guest-error.ts';

export interface BudgetLimits {
  /** Bytes that one call may make the host process. */
  readonly maxBytes: number;
  /** Bytes that one call may occupy in the heap of its thread at once. Smaller than that heap. */
  readonly maxHeldBytes: number;
}

/**
 * Bytes that one call uses in the host outside the linear memory: the processed bytes, whose count never falls, and the
 * bytes that stay in the heap until the call ends.
 */
export class HostBudget {
  readonly #limits: BudgetLimits;
  #used = 0;
  #held = 0;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
  }

  get used(): number {
    return this.#used;
  }

  /** Bytes of the heap that the call may still occupy. */
  get room(): number {
    return Math.max(0, this.#limits.maxHeldBytes - this.#held);
  }

  /** Charges bytes before they are processed. @throws GuestLimit above the maximum. */
  charge(bytes: number): void {
    this.#used += bytes;
    const { maxBytes } = this.#limits;
    if (this.#used > maxBytes) {
      throw new GuestLimit(`the function made the host handle more than ${String(maxBytes)} bytes`);
    }
  }

  /** Charges bytes that stay in the heap until the call ends. @throws GuestLimit above the maximum. */
  hold(bytes: number): void {
    this.need(bytes);
    this.#held += bytes;
  }

  /** Checks that the heap has room for bytes that are freed soon. @throws GuestLimit when it has not. */
  need(bytes: number): void {
    const { maxHeldBytes } = this.#limits;
    if (this.#held + bytes > maxHeldBytes) {
      throw new GuestLimit(`maps and texts of the function need more than ${String(maxHeldBytes)} bytes in the host`);
    }
  }

  reset(): void {
    this.#used = 0;
    this.#held = 0;
  }
}
