import fc from 'fast-check';

/** Choices that were made beforehand. When they run out every choice is the first, which must be the plainest one. */
export class Tape {
  readonly #choices: Uint16Array;
  #at = 0;

  constructor(choices: Uint16Array) {
    this.#choices = choices;
  }

  /** At least 0, less than `count`. */
  below(count: number): number {
    const choice = this.#choices[this.#at] ?? 0;
    this.#at += 1;
    return choice % count;
  }

  pick<Item>(choices: readonly [Item, ...Item[]]): Item {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** True so many times in ten, never when the choices have run out. */
  often(tenths: number): boolean {
    return this.below(10) >= 10 - tenths;
  }
}

/** Shorter tapes and smaller choices make smaller programs, so failures shrink. */
export const tape: fc.Arbitrary<Tape> = fc
  .uint16Array({ minLength: 60, maxLength: 3_000, size: 'max' })
  .map((choices) => new Tape(choices));
