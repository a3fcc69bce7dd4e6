/** The start and the end of a found value. */
export type FoundRange = readonly [start: number, end: number];

const KEY_LENGTH = 3;
const BUCKETS = 0x1_0000;
/** After this many compared units per unit of text, only the first units of a pattern are compared. */
const WORK_PER_UNIT = 8;
const SHORT_COMPARE = 16;
/** A single unit begins some spelling of nearly every value. */
const MIN_OPEN = 2;

/** Lower-cases ASCII letters, so that hexadecimal digits match in both cases. */
const fold = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit);
const keyOf = (a: number, b: number, c: number): number => ((a * 31 + b) * 31 + c) & (BUCKETS - 1);

/**
 * A set of texts to find, in any case of ASCII letters. The scan is linear: three units select the candidates, and the work
 * of comparing them is bounded. Beyond the bound a candidate that agrees in 16 units counts as found.
 */
export class SecretPatterns {
  readonly #flags = new Uint8Array(BUCKETS);
  readonly #buckets = new Map<number, Uint16Array[]>();

  /** Texts below three units are left out. */
  constructor(texts: Iterable<string>) {
    for (const text of new Set(texts)) {
      if (text.length < KEY_LENGTH) continue;
      const folded = new Uint16Array(text.length);
      for (let i = 0; i < text.length; i += 1) folded[i] = fold(text.charCodeAt(i));
      const key = keyOf(folded[0] ?? 0, folded[1] ?? 0, folded[2] ?? 0);
      this.#flags[key] = 1;
      this.#buckets.set(key, [...(this.#buckets.get(key) ?? []), folded]);
    }
  }

  /** Returns the places of all texts, in order and without overlaps. */
  find(text: string): FoundRange[] {
    const found: FoundRange[] = [];
    let work = text.length * WORK_PER_UNIT + 1024;
    let [a, b] = [fold(text.charCodeAt(0)), fold(text.charCodeAt(1))];
    for (let i = 0; i + KEY_LENGTH <= text.length; i += 1) {
      const c = fold(text.charCodeAt(i + 2));
      const key = keyOf(a, b, c);
      [a, b] = [b, c];
      if (this.#flags[key] === 0) continue;
      let longest = 0;
      for (const pattern of this.#buckets.get(key) ?? []) {
        const length = matchLength(text, i, pattern, work > 0 ? pattern.length : SHORT_COMPARE);
        work -= length.compared;
        longest = Math.max(longest, length.matched);
      }
      if (longest === 0) continue;
      found.push([i, Math.min(i + longest, text.length)]);
      i += longest - 1;
      [a, b] = [fold(text.charCodeAt(i + 1)), fold(text.charCodeAt(i + 2))];
    }
    return found;
  }

  /** Returns the number of units at the end of a text that begin a pattern, from 2 units on; 0 if it ends outside of one. */
  openEnd(text: string): number {
    let longest = 0;
    for (const pattern of [...this.#buckets.values()].flat()) longest = Math.max(longest, openLength(text, pattern));
    return longest >= MIN_OPEN ? longest : 0;
  }
}

/** Returns the length of the longest end of a text that begins a pattern but is not all of it. Linear (Knuth, Morris, Pratt). */
function openLength(text: string, pattern: Uint16Array): number {
  const size = Math.min(pattern.length - 1, text.length);
  const borders = new Uint16Array(size + 1);
  for (let i = 1, length = 0; i < size; i += 1) {
    while (length > 0 && pattern[i] !== pattern[length]) length = borders[length - 1] ?? 0;
    if (pattern[i] === pattern[length]) length += 1;
    borders[i] = length;
  }
  let matched = 0;
  for (let i = text.length - size; i < text.length; i += 1) {
    const unit = fold(text.charCodeAt(i));
    while (matched > 0 && unit !== pattern[matched]) matched = borders[matched - 1] ?? 0;
    if (unit === pattern[matched]) matched += 1;
  }
  return matched;
}

function matchLength(text: string, at: number, pattern: Uint16Array, most: number) {
  const size = Math.min(most, pattern.length);
  if (at + size > text.length) return { compared: 1, matched: 0 };
  for (let i = 0; i < size; i += 1) {
    if (fold(text.charCodeAt(at + i)) !== pattern[i]) return { compared: i + 1, matched: 0 };
  }
  return { compared: size, matched: pattern.length };
}
