import type { HostBudget } from './host-budget.ts';
import type { GuestMemory } from './guest-memory.ts';

const MAX_SHARED_LENGTH = 64;
const MAX_ENTRIES = 20_000;
const MAX_UNITS = 4_194_304;

/**
 * Cache of the strings of one instance. A string in memory never changes, so a text that was read is cached, and a
 * short text that was written is not written again. Code that frees memory calls `clear`.
 */
export class GuestTexts {
  readonly #memory: GuestMemory;
  readonly #budget: HostBudget;
  readonly #read = new Map<number, string>();
  readonly #written = new Map<string, number>();
  #units = 0;

  constructor(memory: GuestMemory, budget: HostBudget) {
    this.#memory = memory;
    this.#budget = budget;
  }

  read(pointer: number): string {
    const known = this.#read.get(pointer);
    if (known !== undefined) return known;
    const bytes = this.#memory.lengthOf(pointer);
    this.#budget.charge(bytes);
    this.#budget.need(bytes * 2);
    const text = this.#memory.readString(pointer);
    if (this.#units > MAX_UNITS || this.#read.size >= MAX_ENTRIES) {
      this.#read.clear();
      this.#units = 0;
    }
    this.#units += text.length;
    this.#read.set(pointer, text);
    return text;
  }

  /** Returns the pointer of a String with this text. */
  write(text: string): number {
    if (text.length > MAX_SHARED_LENGTH) return this.#allocate(text);
    const known = this.#written.get(text);
    if (known !== undefined) return known;
    const pointer = this.#allocate(text);
    if (this.#written.size >= MAX_ENTRIES) this.#written.clear();
    this.#written.set(text, pointer);
    return pointer;
  }

  clear(): void {
    // Checking the size is faster than clearing an empty Map, and this runs before every call.
    if (this.#read.size > 0) this.#read.clear();
    if (this.#written.size > 0) this.#written.clear();
    this.#units = 0;
  }

  #allocate(text: string): number {
    this.#budget.charge(text.length);
    return this.#memory.writeString(text);
  }
}
