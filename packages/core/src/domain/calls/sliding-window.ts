/** Counts of calls and of failed calls in the window. */
export interface CallCounts {
  readonly calls: number;
  readonly failures: number;
}

interface Slot {
  readonly index: number;
  calls: number;
  failures: number;
}

const SLOTS = 10;

/** Counts the calls of the last `windowMs` in ten slots. `now` is in monotonic milliseconds. */
export class SlidingWindow {
  readonly #slotMs: number;
  #slots: Slot[] = [];

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS;
  }

  /** Counts one call. */
  add(hasFailed: boolean, now: number): void {
    const index = Math.floor(now / this.#slotMs);
    let slot = this.#slots.at(-1);
    if (slot?.index !== index) {
      slot = { index, calls: 0, failures: 0 };
      this.#slots.push(slot);
      this.#drop(index);
    }
    slot.calls += 1;
    if (hasFailed) slot.failures += 1;
  }

  /** Returns the counts in the window. */
  counts(now: number): CallCounts {
    this.#drop(Math.floor(now / this.#slotMs));
    let [calls, failures] = [0, 0];
    for (const slot of this.#slots) {
      calls += slot.calls;
      failures += slot.failures;
    }
    return { calls, failures };
  }

  clear(): void {
    this.#slots = [];
  }

  #drop(newest: number): void {
    while ((this.#slots[0]?.index ?? newest) <= newest - SLOTS) this.#slots.shift();
  }
}
