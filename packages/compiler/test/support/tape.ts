import fc from 'fast-check';

/** A sequence of predefined choices. At its end every choice is 0, which must be the simplest one. */
export class Tape {
  readonly #choices: Uint16Array;
  #at = 0;

  constructor(choices: Uint16Array) {
    this.#choices = choices;
  }

  /** Returns a number from 0 to `count - 1`. */
  below(count: number): number {
    const choice = this.#choices[this.#at] ?? 0;
    this.#at += 1;
    return choice % count;
  }

  pick<Item>(choices: readonly [Item, ...Item[]]): Item {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  /** Returns true with a probability in tenths; false at the end of the tape. */
  often(tenths: number): boolean {
    return this.below(10) >= 10 - tenths;
  }
}

/** Arbitrary tapes. Shorter tapes with smaller choices are smaller programs, so that failures shrink. */
export const tape: fc.Arbitrary<Tape> = fc
  .uint16Array({ minLength: 60, maxLength: 3_000, size: 'max' })
  .map((choices) => new Tape(choices));
