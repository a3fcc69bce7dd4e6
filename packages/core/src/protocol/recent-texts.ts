/**
 * The meanings of a few short texts that clients send again and again, such as their `_meta`. A full table forgets everything:
 * a client whose texts never repeat costs a lookup and no memory.
 */
export class RecentTexts<T> {
  readonly #maxCount: number;
  readonly #maxLength: number;
  readonly #known = new Map<string, T>();

  /** `maxLength` is in UTF-16 units. Longer texts are not kept. */
  constructor(maxCount: number, maxLength: number) {
    this.#maxCount = maxCount;
    this.#maxLength = maxLength;
  }

  get size(): number {
    return this.#known.size;
  }

  get(text: string): T | undefined {
    return this.#known.get(text);
  }

  clear(): void {
    this.#known.clear();
  }

  keep(text: string, meaning: T): void {
    if (text.length > this.#maxLength) return;
    if (this.#known.size >= this.#maxCount) this.#known.clear();
    this.#known.set(text, meaning);
  }
}
