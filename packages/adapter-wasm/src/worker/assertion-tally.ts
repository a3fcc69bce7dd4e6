import type { Assertion } from '../guest/assertion.ts';
import type { Assertions } from './messages.ts';

const MOST_FAILURES = 100;
const LONGEST_SIDE = 2_000;

/** What one call asserts. */
export class AssertionTally {
  #checked = 0;
  #failures: Assertion[] = [];

  get assertions(): Assertions {
    return { checked: this.#checked, failures: this.#failures };
  }

  begin(): void {
    this.#checked = 0;
    this.#failures = [];
  }

  add({ assertion, holds, expected, actual }: Assertion): void {
    this.#checked += 1;
    if (holds || this.#failures.length >= MOST_FAILURES) return;
    this.#failures.push({ assertion, holds, expected: cut(expected), actual: cut(actual) });
  }
}

const cut = (side: string): string => (side.length > LONGEST_SIDE ? `${side.slice(0, LONGEST_SIDE)}…` : side);
