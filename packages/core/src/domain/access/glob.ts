/** Longest text that a pattern other than `*` matches, in characters. Bounds the time of a match. */
const MAX_TEXT_LENGTH = 8_192;

/**
 * Patterns with `*` for any characters, case-sensitive. Each pattern is split once; a match searches its parts from left to
 * right and never goes back.
 */
export class Globs {
  readonly #isAll: boolean;
  readonly #exact: ReadonlySet<string>;
  readonly #parts: readonly (readonly string[])[];

  constructor(patterns: readonly string[]) {
    this.#isAll = patterns.some((pattern) => /^\*+$/.test(pattern));
    this.#exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
    this.#parts = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  }

  /** One of the patterns matches every text. */
  get isAll(): boolean {
    return this.#isAll;
  }

  /** Without a pattern nothing matches. */
  get isEmpty(): boolean {
    return !this.#isAll && this.#exact.size === 0 && this.#parts.length === 0;
  }

  /** Hot path: allocates nothing. */
  matches(text: string): boolean {
    if (this.#isAll || this.#exact.has(text)) return true;
    if (this.#parts.length === 0 || text.length > MAX_TEXT_LENGTH) return false;
    for (const parts of this.#parts) if (hasParts(parts, text)) return true;
    return false;
  }
}

/** `parts` has at least two members: the text before the first `*` and the text after the last. */
function hasParts(parts: readonly string[], text: string): boolean {
  const last = parts.length - 1;
  const [head = ''] = parts;
  const tail = parts[last] ?? '';
  const end = text.length - tail.length;
  if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  let from = head.length;
  for (let i = 1; i < last; i += 1) {
    const part = parts[i] ?? '';
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
